"use strict";
// Double clicks are harmless: a form marked data-once is sent once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-once]")) return;
  if (form.dataset.sent === "1") { event.preventDefault(); return; }
  form.dataset.sent = "1";
  form.querySelectorAll("button:not([type=button])").forEach((button) => button.setAttribute("aria-busy", "true"));
});
// Coming back with the browser's back button, the form may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-once]").forEach((form) => { delete form.dataset.sent; });
  document.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
});
// What is kept on this device belongs to the account and goes when it signs out.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-logout]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("partybuild:")) localStorage.removeItem(key);
});
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) close.closest("[data-toast]").remove();
  if (event.target.closest("[data-print]")) window.print();
});
// The bar in reach of the thumb: to the form, opened, with the first field in focus; it rests while one of them is seen.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-act]");
  const form = link && document.querySelector(link.hash);
  if (!form) return;
  event.preventDefault();
  const folded = form.closest("details");
  if (folded) folded.open = true;
  form.scrollIntoView({ block: "center" });
  const first = form.querySelector("textarea, select, input:not([type=hidden])") || form.querySelector("button");
  first.focus({ preventScroll: true });
});
for (const bar of document.querySelectorAll("[data-action-bar]")) {
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target);
    bar.classList.toggle("is-resting", seen.size > 0);
    bar.classList.add("is-ready");
  }, { threshold: 1, rootMargin: `0px 0px -${bar.offsetHeight}px` });
  const forms = [...bar.querySelectorAll("[data-act]")].map((act) => act.form || (act.hash && document.querySelector(act.hash))).filter(Boolean);
  if (!forms.length) bar.classList.add("is-ready");
  for (const form of forms) watch.observe(form.querySelector("button:not([type=button])"));
}
// What was refused is in sight and in focus, however far down its form stands.
const wrong = [...document.querySelectorAll("main .alert-danger[role=alert], main .has-error")].find((one) => !one.closest(".design-pane"));
if (wrong) {
  const folded = wrong.closest("details");
  if (folded) folded.open = true;
  const field = wrong.matches(".has-error") && wrong.querySelector("textarea, select, input:not([type=hidden])");
  if (!field) wrong.tabIndex = -1;
  wrong.scrollIntoView({ block: "center" });
  (field || wrong).focus({ preventScroll: true });
}
// As in a calendar: when the start moves, the end moves with it and the length stays.
const minutes = (time) => { const [hours, rest] = time.split(":").map(Number); return 60 * hours + rest; };
document.addEventListener("change", (event) => {
  const start = event.target;
  if (!start.matches("input[data-moves]") || !start.value) return;
  const end = document.getElementById(start.dataset.moves);
  const before = start.dataset.before || start.defaultValue;
  start.dataset.before = start.value;
  if (!before || !end.value || minutes(end.value) <= minutes(before)) return;
  const moved = minutes(end.value) + minutes(start.value) - minutes(before);
  if (moved < 0 || moved >= 24 * 60) return;
  end.value = [Math.floor(moved / 60), moved % 60].map((part) => String(part).padStart(2, "0")).join(":");
  end.dispatchEvent(new Event("input", { bubbles: true }));
});
// A filter that changes submits its form.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosubmit]");
  if (form) form.requestSubmit();
});
// An error of the domain answers with a toast; htmx would drop the text of a 4xx answer otherwise.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Retarget")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
// Theme and type size change at once, without a new page: nothing that is being typed is lost. The account keeps them.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-look-form]") || !event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  document.documentElement.dataset[name === "theme" ? "look" : "type"] = value;
  document.dispatchEvent(new Event("partybuild:look"));
  document.querySelectorAll(`[data-look-form] [name="${name}"]`).forEach((button) => button.setAttribute("aria-pressed", String(button.value === value)));
  const sent = new FormData(form);
  sent.set(name, value);
  const failed = () => say(form.dataset.failed);
  fetch(form.action, { method: "POST", body: sent, headers: { "HX-Request": "true" } }).then((answer) => answer.ok || failed(), failed);
});
const say = (words) => {
  const toast = document.createElement("div");
  toast.className = "toast show";
  toast.setAttribute("role", "alert");
  const body = document.createElement("div");
  body.className = "toast-body";
  body.textContent = words;
  toast.append(body);
  document.querySelector("#toasts").append(toast);
  window.setTimeout(() => toast.remove(), 8000);
};
