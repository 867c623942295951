"use strict";
// How many units are still without a choice; nothing of it is kept or sent.
for (const form of document.querySelectorAll("form[data-ballot]")) {
  const line = form.querySelector("[data-left]");
  const units = [...form.querySelectorAll("fieldset")];
  const say = () => {
    const left = units.filter((unit) => !unit.querySelector(":checked")).length;
    line.textContent = left ? line.dataset.words.replace("#", left) : line.dataset.done;
  };
  line.hidden = false;
  form.addEventListener("change", say);
  // The browser's back button must not show the next person what was chosen.
  window.addEventListener("pageshow", (event) => { if (event.persisted) form.reset(); say(); });
  say();
}
