// The chart on a wall: full screen on request, and slowly on to the next rows when they do not fit.
(function () {
  "use strict";
  const PAUSE = 15000;
  const button = document.querySelector("[data-full-screen]");
  if (button && document.documentElement.requestFullscreen) {
    button.hidden = false;
    button.addEventListener("click", function () {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
  }
  let touched = 0;
  ["pointerdown", "wheel", "keydown"].forEach(function (name) {
    document.addEventListener(name, function () { touched = Date.now(); }, { passive: true });
  });
  let top = 0;
  document.addEventListener("htmx:beforeSwap", function () {
    const wrap = document.querySelector(".gantt-wrap");
    top = wrap ? wrap.scrollTop : 0;
  });
  document.addEventListener("htmx:afterSettle", function () {
    const wrap = document.querySelector(".gantt-wrap");
    if (wrap) wrap.scrollTop = top;
  });
  window.setInterval(function () {
    const wrap = document.querySelector(".gantt-wrap");
    if (!wrap || Date.now() - touched < 4 * PAUSE || wrap.scrollHeight <= wrap.clientHeight) return;
    const end = wrap.scrollTop + wrap.clientHeight >= wrap.scrollHeight - 2;
    wrap.scrollTo({ top: end ? 0 : wrap.scrollTop + wrap.clientHeight * 0.85, behavior: "smooth" });
  }, PAUSE);
})();
