"use strict";
// Loaded before the style sheets: what "auto" means on this device is known before anything is painted. Paper is light.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    const wanted = root.dataset.look === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.look;
    if (root.dataset.bsTheme !== wanted) root.dataset.bsTheme = wanted;
  };
  draw();
  dark.addEventListener("change", draw);
  document.addEventListener("partybuild:look", draw);
  window.addEventListener("beforeprint", () => { root.dataset.bsTheme = "light"; });
  window.addEventListener("afterprint", draw);
})();
