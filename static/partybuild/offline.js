"use strict";
// Without a network: the worker that keeps static files, and how long this device keeps what was typed.
(() => {
  const KEEP_MS = 7 * 86400000;
  const account = document.body.dataset.account;

  // Signing out takes everything (app.js); a week takes what nobody came back for; another account takes what is not its own.
  function sweep() {
    for (const name of Object.keys(localStorage)) {
      const [owner, holder, kind] = name.split(":");
      if (owner !== "partybuild") continue;
      const strange = account && /^\d+$/.test(holder) && holder !== account;
      if (strange || (kind === "draft" && !isFresh(name))) localStorage.removeItem(name);
    }
  }
  function isFresh(name) {
    try { return Math.abs(Date.now() - JSON.parse(localStorage.getItem(name)).time) < KEEP_MS; } catch { return false; }
  }
  try { sweep(); } catch { /* the browser forbids keeping anything: nothing is kept */ }
  document.addEventListener("visibilitychange", () => { try { sweep(); } catch { /* as above */ } });

  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  const address = document.currentScript.dataset.worker;
  // After the page: the first view does not wait for what is kept for later.
  window.addEventListener("load", () => navigator.serviceWorker.register(address, { scope: "/", updateViaCache: "none" }).catch(() => { /* private window: works as before */ }));
})();
