"use strict";
// Saves the record as one types; keeps a copy on this device only while the server cannot be reached.
(() => {
  const form = document.querySelector("[data-record]");
  if (!form) return;
  const DELAY = 1500;
  const RETRY = 20000;
  const key = form.dataset.key;
  const version = form.elements.namedItem("version");
  const bar = document.querySelector("[data-status]");
  let timer = 0, saving = null, dirty = false, blocked = false, prepared = false, preparing = false, saved = snapshot();
  let trouble = ""; // "offline" or "login" until a save succeeds; the words then stand still

  function say(text, kind = "", link = false) {
    bar.className = `save-status ${kind}`;
    bar.querySelector("[data-status-text]").textContent = text;
    bar.querySelector("[data-status-link]").hidden = !link;
  }
  const clock = () => new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });

  // What is typed, without what belongs to the page
  function entries() {
    const skipped = ["csrfmiddlewaretoken", "version", "account", "organisation"];
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !skipped.includes(name));
  }
  function snapshot() { return JSON.stringify(entries()); }

  // The copy on this device
  const local = {
    read() {
      try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
    },
    write() {
      try { localStorage.setItem(key, JSON.stringify({ time: Date.now(), version: version.value, entries: entries() })); } catch { /* full or forbidden: the page itself still holds it */ }
    },
    drop() { localStorage.removeItem(key); },
  };

  // Signing in again in another tab renews the token; the cookie has the current one.
  function token() {
    const cookie = document.cookie.split("; ").find((one) => one.startsWith(`${form.dataset.csrfCookie}=`));
    return cookie ? cookie.split("=")[1] : form.elements.namedItem("csrfmiddlewaretoken").value;
  }
  function body() {
    const data = new URLSearchParams(entries());
    for (const name of ["organisation", "account", "version"]) data.set(name, form.elements.namedItem(name).value);
    return data;
  }
  const send = (keepalive) => fetch(form.dataset.autosave, {
    method: "POST", body: body(), keepalive, redirect: "manual", credentials: "same-origin",
    headers: { "X-CSRFToken": token(), "X-Requested-With": "XMLHttpRequest" },
  });

  function touch(delay = DELAY) {
    if (snapshot() === saved) return;
    dirty = true;
    clearTimeout(timer);
    if (blocked) { local.write(); return; } // a conflict is open: its words stay
    if (trouble) local.write();
    else say(form.dataset.sayUnsaved);
    timer = setTimeout(save, trouble === "login" ? RETRY : delay);
  }

  async function save() {
    clearTimeout(timer);
    if (blocked) return;
    if (saving) { await saving; return save(); }
    const content = snapshot();
    if (content === saved) { dirty = false; return; }
    saving = attempt(content);
    try { await saving; } finally { saving = null; }
  }
  async function attempt(content) {
    if (!trouble) say(form.dataset.saySaving);
    let response;
    try { response = await send(false); } catch { return lost("offline"); }
    const answer = await response.json().catch(() => ({}));
    if (response.ok && answer.version) return done(content, answer);
    if (response.status === 409 && answer.html) return conflict(answer);
    if ([400, 404, 409, 413].includes(response.status)) { local.write(); return say(form.dataset.sayError + (answer.message || response.status), "is-lost"); }
    if (response.status === 403 && answer.message) { local.write(); return say(form.dataset.sayError + answer.message, "is-lost"); }
    if (response.status >= 500) return lost("offline");
    return lost("login");
  }
  function done(content, answer) {
    version.value = answer.version;
    trouble = "";
    saved = content;
    dirty = snapshot() !== saved;
    local.drop();
    say(`${form.dataset.saySaved} ${answer.saved_at}`, "is-saved");
    if (dirty) touch();
    else if (dayMoved()) checkRoll();
  }
  function lost(kind) {
    local.write();
    trouble = kind;
    const words = kind === "login" ? form.dataset.sayLogin : form.dataset.sayOffline;
    say(`${words} ${clock()}`, "is-lost", kind === "login");
    clearTimeout(timer);
    timer = setTimeout(save, RETRY);
  }

  // The roll is that of the day of the meeting: another day may bring other people.
  const dayField = () => form.querySelector('[name="shared.day"]');
  function dayMoved() {
    const day = dayField();
    return !("fixedDay" in form.dataset) && day && day.value > "2000" && day.value !== form.dataset.rollDay;
  }
  function rollOf(root) {
    return [...root.querySelectorAll("[data-section]")].map((section) => [
      section.dataset.section, section.dataset.base, section.dataset.officeHolder,
      ...[...section.querySelectorAll("[data-row]")].map((row) => row.dataset.person + ("voter" in row.dataset ? "+" : "")),
      ...[...section.querySelectorAll('select[name$=".period_code"] option')].map((option) => option.value),
    ].join()).join("|");
  }
  async function checkRoll() {
    const day = dayField().value;
    try {
      const response = await fetch(location.href, { redirect: "manual" });
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      if (rollOf(fresh) === rollOf(document)) form.dataset.rollDay = day;
      else if (!dirty) location.reload();
    } catch { /* offline: the next save asks again */ }
  }

  function conflict(answer) {
    blocked = true;
    local.write();
    say(form.dataset.sayConflict, "is-lost");
    const panel = document.getElementById("conflict");
    panel.innerHTML = answer.html || "";
    const alert = panel.querySelector("[data-conflict]");
    if (alert) { alert.focus(); alert.scrollIntoView({ block: "start" }); }
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-use-theirs]")) { local.drop(); saved = snapshot(); dirty = false; }
    const mine = event.target.closest("[data-use-mine]");
    if (mine) {
      event.preventDefault();
      version.value = mine.value;
      document.getElementById("conflict").replaceChildren();
      blocked = false;
      saved = "";
      save();
    }
  });

  // Restoring what this device kept
  // Without empty fields and empty rows, of which the server always shows one more.
  function essence(list) {
    const written = new Set(list.filter(([name, value]) => name.endsWith(".text") && value.trim()).map(([name]) => name.slice(0, -5)));
    const row = /^(.*\.resolutions\.\d+)\./;
    return JSON.stringify(list.filter(([name, value]) => value !== "" && (!row.test(name) || written.has(row.exec(name)[1]))));
  }
  function offer() {
    const kept = local.read();
    if (!kept) return;
    if (essence(kept.entries) === essence(entries())) { local.drop(); return; }
    const panel = document.getElementById("local-offer");
    const words = panel.querySelector("[data-text]");
    words.textContent = words.dataset.text.replace("{time}", new Date(kept.time).toLocaleString("zh-CN", { dateStyle: "short", timeStyle: "short" }));
    panel.hidden = false;
    panel.querySelector("[data-restore]").addEventListener("click", () => { panel.hidden = true; restore(kept); });
    panel.querySelector("[data-discard]").addEventListener("click", () => { panel.hidden = true; local.drop(); });
  }
  function restore(kept) {
    const wanted = new Map();
    for (const [name, value] of kept.entries) wanted.set(name, [...(wanted.get(name) || []), value]);
    for (const rows of form.querySelectorAll("[data-rows]")) {
      const prefix = `${rows.dataset.rows}.`;
      const numbers = [...wanted.keys()].filter((name) => name.startsWith(prefix)).map((name) => Number(name.slice(prefix.length).split(".")[0]));
      while (!document.getElementById(prefix + Math.max(0, ...numbers))) window.partybuildRecord.addRow(rows.dataset.rows, false);
    }
    for (const field of form.elements) fill(field, wanted.get(field.name));
    version.value = kept.version;
    window.partybuildRecord.refreshAll();
    saved = ""; // it is sent even when it looks the same: the answer says that it is safe, or shows the conflict
    save();
  }
  function fill(field, values) {
    if (!field.name || ["csrfmiddlewaretoken", "version", "account", "organisation"].includes(field.name) || field.type === "file" || field.tagName === "BUTTON") return;
    if (["radio", "checkbox"].includes(field.type)) field.checked = Boolean(values && values.includes(field.value));
    else if (values) field.value = values[0];
  }

  form.addEventListener("input", (event) => { if (!event.target.matches("[data-roll-filter], [data-upload]")) touch(); });
  form.addEventListener("change", (event) => { if (!event.target.matches("[data-upload]")) touch(0); });
  form.addEventListener("focusout", () => { if (dirty) touch(0); });
  form.addEventListener("record:changed", () => touch(0));
  window.addEventListener("online", () => { if (dirty) save(); });
  window.addEventListener("focus", () => { if (dirty) save(); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty && !blocked) { local.write(); save(); }
  });
  window.addEventListener("pagehide", () => { if (dirty) local.write(); });

  // Confirming saves first: what was typed is then safe, and the version it carries is the current one.
  form.addEventListener("submit", async (event) => {
    if (prepared || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (preparing) return;
    if (blocked) { document.querySelector("[data-conflict]")?.scrollIntoView(); return; }
    preparing = true;
    if (navigator.onLine === false && snapshot() === saved) say(form.dataset.sayNoNetwork, "is-lost");
    else await save();
    preparing = false;
    if (blocked || snapshot() !== saved || navigator.onLine === false) return;
    prepared = true;
    say(form.dataset.saySubmitting);
    // Not within the event: while it is being dispatched, browsers ignore another submission.
    setTimeout(() => form.requestSubmit(event.submitter));
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) prepared = false; });
  // What app.js wipes at signing out must not be written again while the page closes.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-logout]")) { clearTimeout(timer); dirty = false; blocked = true; }
  }, true);

  const rejected = document.getElementById("problems") || document.querySelector("[data-conflict]");
  if (rejected) local.drop();
  blocked = Boolean(document.querySelector("[data-conflict]"));
  offer();
})();
