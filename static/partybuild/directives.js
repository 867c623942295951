"use strict";
// How many receivers are ticked, and files that go up as soon as they are chosen. Both pages work without this.
for (const picker of document.querySelectorAll("[data-picker]")) {
  const shown = picker.querySelector("[data-picker-count]");
  const count = () => {
    const number = picker.querySelectorAll("input:checked").length;
    shown.textContent = String(number);
    shown.hidden = number === 0;
  };
  picker.addEventListener("change", count);
  count();
}
for (const form of document.querySelectorAll("form[data-upload-now]")) {
  form.querySelector("[data-upload-button]").hidden = true;
  form.querySelector("input[type=file]").addEventListener("change", (event) => {
    if (event.target.files.length) form.requestSubmit();
  });
}
