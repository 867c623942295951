"use strict";
// What opens and closes: the menu of the phone, menus of buttons, folded rows, the account menu, dialogs. It does what
// Tabler's own script does for them, which is forty times as large.
(() => {
  const opener = "[data-bs-toggle=dropdown]";
  const menuOf = (button) => button.parentElement.querySelector(".dropdown-menu");
  const set = (button, open) => {
    const menu = menuOf(button);
    menu.dataset.bsPopper = "static"; // placed by the style sheet
    menu.classList.toggle("show", open);
    button.setAttribute("aria-expanded", String(open));
    menu.classList.remove("menu-from-start");
    menu.classList.toggle("menu-from-start", open && menu.getBoundingClientRect().left < 0);
  };
  const closeOthers = (kept, target) => {
    document.querySelectorAll(`${opener}[aria-expanded=true]`).forEach((button) => { if (button !== kept) set(button, false); });
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => { if (!menu.contains(target)) menu.open = false; });
  };
  const fold = (button) => {
    const open = button.getAttribute("aria-expanded") !== "true";
    document.querySelectorAll(button.dataset.bsTarget).forEach((part) => part.classList.toggle("show", open));
    button.classList.toggle("collapsed", !open);
    button.setAttribute("aria-expanded", String(open));
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(opener);
    const wasOpen = button?.getAttribute("aria-expanded") === "true";
    closeOthers(button, event.target);
    if (button) set(button, !wasOpen);
    const folder = event.target.closest("[data-bs-toggle=collapse]");
    if (folder) fold(folder);
    const asks = event.target.closest("[data-dialog-open]");
    if (asks) document.getElementById(asks.dataset.dialogOpen)?.showModal();
    if (event.target.closest("[data-dialog-close]") || event.target.matches("dialog[open]")) event.target.closest("dialog").close();
  });

  document.addEventListener("keydown", (event) => {
    const account = event.target.closest?.("details[data-menu][open]");
    const button = event.target.closest?.(opener) || event.target.closest?.(".dropdown-menu.show")?.parentElement.querySelector(opener);
    if (event.key === "Escape" && account) {
      account.open = false;
      account.querySelector("summary").focus();
    } else if (event.key === "Escape" && button?.getAttribute("aria-expanded") === "true") {
      set(button, false);
      button.focus();
    } else if (button && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      set(button, true);
      const entries = [...menuOf(button).querySelectorAll(".dropdown-item:not(:disabled)")];
      const at = entries.indexOf(document.activeElement);
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      entries.at(next % entries.length)?.focus();
    }
  });
})();
