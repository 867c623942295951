"use strict";
// Lists: choose a whole page at once, say how many are chosen, let a long bulk action go on by itself.
(() => {
  const form = document.querySelector("[data-choose]");
  const whole = document.querySelector("[data-choose-page]");
  const boxes = [...document.querySelectorAll("input[name=row][form=bulk]")];
  const count = document.querySelector("[data-chosen-count]");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = chosen ? ` ${chosen}` : "";
    if (whole) {
      whole.checked = chosen > 0 && chosen === boxes.length;
      whole.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  };
  if (form && whole && boxes.length) {
    whole.hidden = false;
    whole.addEventListener("change", () => { for (const box of boxes) box.checked = whole.checked; show(); });
    for (const box of boxes) {
      box.addEventListener("change", () => { form.querySelector("[value=chosen]").checked = true; show(); });
    }
    show();
    window.addEventListener("pageshow", show);
  }
  const going = document.querySelector("[data-carry-on]");
  if (going) going.requestSubmit();
})();
