"use strict";
// The first tour: a native modal dialog, so Escape ends it, Tab stays in it and the focus goes back where it was.
(() => {
  const dialog = document.querySelector("[data-tour]");
  if (!dialog || dialog.open) return;
  const spot = dialog.querySelector("[data-tour-spot]");
  const card = dialog.querySelector("[data-tour-card]");
  const [back, next, count] = ["back", "next", "count"].map((name) => dialog.querySelector(`[data-tour-${name}]`));
  const forward = next.textContent;
  const seen = (element) => element && element.getClientRects().length > 0;
  const toggler = document.querySelector(".navbar-toggler");
  // Where a step points: its own place, or on a phone the button of the menu that holds it.
  const placeOf = (step) => {
    const place = document.querySelector(step.dataset.tourStep);
    if (seen(place)) return place;
    return place && "tourInMenu" in step.dataset && seen(toggler) ? toggler : null;
  };
  // A step whose place this desk has not got is left out.
  const steps = [...dialog.querySelectorAll("[data-tour-step]")].filter((step) => placeOf(step));
  if (!steps.length) return;
  let now = 0;

  const point = () => {
    const place = placeOf(steps[now]);
    spot.hidden = !place;
    dialog.classList.toggle("tour-points", Boolean(place));
    if (!place) return;
    const box = place.getBoundingClientRect();
    const top = Math.max(box.top - 4, 4);
    const height = Math.min(box.bottom + 4, innerHeight * 0.6 + top, innerHeight - 4) - top;
    const sizes = { left: box.left - 4, top, width: box.width + 8, height };
    for (const [name, value] of Object.entries(sizes)) spot.style.setProperty(name, `${value}px`);
    card.classList.toggle("tour-high", top + height / 2 > innerHeight / 2);
  };
  const show = (number) => {
    now = number;
    steps.forEach((step, index) => { step.hidden = index !== now; });
    back.hidden = now === 0;
    next.textContent = now === steps.length - 1 ? next.dataset.last : forward;
    count.textContent = count.dataset.tourCount.replace("{number}", now + 1).replace("{total}", steps.length);
    const place = placeOf(steps[now]);
    const hint = steps[now].querySelector("[data-tour-menu-hint]");
    if (hint) hint.hidden = place !== toggler;
    place?.scrollIntoView({ block: place.getBoundingClientRect().height > innerHeight / 2 ? "start" : "center", behavior: "instant" });
    point();
    steps[now].querySelector(".tour-title").focus({ preventScroll: true });
  };

  back.addEventListener("click", () => show(Math.max(now - 1, 0)));
  next.addEventListener("click", () => (now === steps.length - 1 ? dialog.close() : show(now + 1)));
  dialog.querySelector("[data-tour-end]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.stopPropagation()); // a slip of the finger beside the card ends nothing
  // Ended in whatever way, it does not come again; without a network it comes once more at the next sign-in.
  dialog.addEventListener("close", () => {
    scrollTo({ top: 0, behavior: "instant" });
    fetch(dialog.dataset.done, { method: "POST", headers: { "X-CSRFToken": dialog.dataset.token, "HX-Request": "true" }, keepalive: true }).catch(() => {});
  });
  addEventListener("resize", point);
  addEventListener("scroll", point, { passive: true });
  document.addEventListener("htmx:afterSettle", point);
  dialog.showModal();
  show(0);
})();
