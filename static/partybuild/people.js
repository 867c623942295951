"use strict";
// Searching for a person: the list follows what is typed; arrows choose, Enter takes, Escape closes.
// Without this file the field is a plain one: a number is enough.
(() => {
  const inputOf = (node) => node.closest("[data-people-search]")?.querySelector("input");
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const options = (input) => [...listOf(input).querySelectorAll("[data-value]")];
  const chosen = (input) => listOf(input).querySelector('[aria-selected="true"]');
  const isSearch = (node) => node instanceof HTMLInputElement && node.matches("[data-people-search] input");

  function open(input) {
    const list = listOf(input);
    const shown = list.children.length > 0 && document.activeElement === input;
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
  }
  function close(input) {
    listOf(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(input, null);
  }
  function mark(input, option) {
    for (const one of options(input)) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  function take(input, option) {
    input.value = option.dataset.value;
    listOf(input).replaceChildren();
    close(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function step(input, by) {
    const all = options(input);
    if (!all.length) return;
    open(input);
    const at = all.indexOf(chosen(input));
    mark(input, all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]);
  }

  // What is asked for is the text alone; half a syllable of an input method is not asked for.
  let composing = false;
  document.addEventListener("compositionstart", () => { composing = true; }, true);
  document.addEventListener("compositionend", () => { composing = false; }, true);
  document.addEventListener("htmx:configRequest", (event) => {
    if (!isSearch(event.detail.elt)) return;
    if (composing) { event.preventDefault(); return; }
    event.detail.parameters.q = event.detail.elt.value;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target.matches(".people-options")) return;
    const input = inputOf(event.detail.target);
    options(input).forEach((option, number) => { option.id = `${event.detail.target.id}_${number}`; });
    mark(input, null);
    open(input);
  });

  document.addEventListener("keydown", (event) => {
    if (!isSearch(event.target) || event.isComposing) return;
    const input = event.target;
    const isOpen = !listOf(input).hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); step(input, event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Enter" && isOpen) {
      event.preventDefault(); // Enter takes who is marked, or the only one; it never sends a half-typed name
      const option = chosen(input) || (options(input).length === 1 ? options(input)[0] : null);
      if (option) take(input, option);
    } else if (event.key === "Escape" && isOpen) { event.preventDefault(); close(input); }
  });
  document.addEventListener("mousedown", (event) => { if (event.target.closest(".people-options")) event.preventDefault(); }); // the field keeps the focus
  document.addEventListener("click", (event) => {
    const option = event.target.closest(".people-option");
    if (option) { take(inputOf(option), option); return; }
    const add = event.target.closest("[data-people-add]");
    if (add) addRow(add);
  });
  document.addEventListener("focusout", (event) => { if (isSearch(event.target)) close(event.target); });

  function addRow(button) {
    const rows = button.parentElement;
    const all = rows.querySelectorAll("[data-people-search]");
    const row = all[all.length - 1].cloneNode(true);
    const input = row.querySelector("input"), list = row.querySelector(".people-options");
    input.id = `${rows.querySelector("input").id}_${all.length}`;
    list.id = `${input.id}_options`;
    list.replaceChildren();
    list.hidden = true;
    input.value = "";
    input.removeAttribute("value");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("hx-target", `#${list.id}`);
    button.before(row);
    window.htmx.process(row);
    input.focus();
  }
  document.querySelectorAll("[data-people-add]").forEach((button) => { button.hidden = false; });
})();
