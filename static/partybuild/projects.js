"use strict";
// The form of a project: another row without a reload, and the sum of the weights as one types.
// Without this file the button asks the server for the row, and the server says when the sum is wrong.
(() => {
  const form = document.querySelector("[data-plan]");
  if (!form) return;
  const shown = form.querySelector("[data-weight-sum]");

  function sum() {
    let total = 0, rows = 0;
    for (const field of form.querySelectorAll("[data-weight]")) {
      const number = Number.parseInt(field.value, 10);
      if (Number.isFinite(number)) { total += number; rows += 1; }
    }
    shown.querySelector("[data-sum]").textContent = String(total);
    shown.classList.toggle("is-right", rows > 0 && total === 100);
    shown.classList.toggle("is-wrong", rows > 0 && total !== 100);
  }

  form.addEventListener("input", (event) => { if (event.target.matches("[data-weight]")) sum(); });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    event.preventDefault();
    const rows = form.querySelector(`[data-rows="${button.dataset.addRow}"]`);
    const total = rows.querySelector('[name$="-TOTAL_FORMS"]');
    const made = rows.querySelector("[data-row-template]").content.firstElementChild.cloneNode(true);
    for (const node of made.querySelectorAll("*")) {
      for (const attribute of [...node.attributes]) attribute.value = attribute.value.replace("__prefix__", total.value);
    }
    total.value = String(Number(total.value) + 1);
    rows.append(made);
    made.querySelector("input").focus();
  });
  sum();
})();
