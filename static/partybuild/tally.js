"use strict";
// The roll, the votes and what follows from them as one taps. What counts is computed again on the server
// (meetings/rules.py); the sentences are those of the record, in the reader's language.
(() => {
  const form = document.querySelector("[data-record]");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const changed = () => form.dispatchEvent(new Event("record:changed"));
  const words = document.getElementById("tally-words").dataset;
  const say = (name, values) => words[name].replace(/\[(\w+)\]/g, (_whole, key) => values[key]);

  // Without JavaScript these would do nothing.
  all("[data-all], [data-copy], [data-add-row], [data-remove-row], [data-needs-script]").forEach((one) => { one.hidden = false; });

  const markOf = (row) => row.querySelector(".seg input:checked")?.value || "";
  const setMark = (row, value) => {
    const input = row.querySelector(`.seg input[value="${value}"]`);
    if (input) input.checked = true;
  };

  function countsOf(section) {
    const counts = { expected: 0, present: 0, leave: 0, absent: 0, open: 0, voters: 0 };
    for (const row of all("[data-row]", section)) {
      const mark = markOf(row);
      counts.expected += 1;
      counts[mark || "open"] += 1;
      if (mark === "present" && "voter" in row.dataset) counts.voters += 1;
      row.classList.toggle("is-open", !mark);
    }
    return counts;
  }

  function showTally(section) {
    const counts = countsOf(section);
    section.dataset.present = counts.voters;
    const tally = document.querySelector(`[data-tally="${section.dataset.section}"]`);
    if (tally) {
      for (const cell of all("[data-count]", tally)) if (cell.dataset.count in counts) cell.textContent = counts[cell.dataset.count];
      tally.querySelector("[data-open]").hidden = counts.open === 0;
    }
    showQuorum(section, tally);
    all("[data-resolution]", section).forEach((row) => showResult(section, row));
    showChair(section);
  }

  const share = (section) => [Number(section.dataset.numerator), Number(section.dataset.denominator)];
  const source = (article) => (article ? say("source", { article }) : "");

  function showQuorum(section, tally) {
    const [numerator, denominator] = share(section);
    const line = section.querySelector("[data-quorum-line]");
    if (!numerator || !denominator) return;
    const base = Number(section.dataset.base), present = Number(section.dataset.present);
    const needed = Math.ceil((base * numerator) / denominator);
    const holds = base > 0 && present * denominator >= base * numerator;
    tally?.querySelector('[data-quorum="yes"]')?.toggleAttribute("hidden", !holds);
    tally?.querySelector('[data-quorum="no"]')?.toggleAttribute("hidden", holds);
    if (line) line.textContent = say(holds ? "quorate" : "notQuorate", { base, needed, present }) + source(section.dataset.article);
  }

  const votesIn = (row, name) => Number(row.querySelector(`[data-vote="${name}"]`).value) || 0;

  function showResult(section, row) {
    const present = Number(section.dataset.present), base = Number(section.dataset.base);
    const yes = row.querySelector('[data-vote="yes"]');
    if (row.querySelector("[data-auto]").value === "1") yes.value = Math.max(present - votesIn(row, "no") - votesIn(row, "abstain"), 0);
    const line = row.querySelector("[data-result-line]");
    const text = row.querySelector("textarea").value.trim();
    line.className = "rule-line";
    if (!text) { line.textContent = ""; return; }
    const election = row.querySelector("[data-election]").checked;
    const [holds, result] = resultOf(section, election, votesIn(row, "yes"), present, base);
    const total = votesIn(row, "yes") + votesIn(row, "no") + votesIn(row, "abstain");
    line.classList.add(holds && total <= present ? "rule-yes" : "rule-no");
    line.textContent = total > present ? say("tooMany", { total, present }) : result;
  }

  function resultOf(section, election, yes, present, base) {
    const [numerator, denominator] = election ? [4, 5] : share(section);
    const article = election ? words.electionArticle : section.dataset.article;
    if (numerator && denominator && (base === 0 || present * denominator < base * numerator)) {
      const needed = Math.ceil((base * numerator) / denominator);
      return [false, say("isVoid", { needed, present }) + source(article)];
    }
    // Elections keep more than half of those who should attend, whatever the kind's rule.
    const top = election ? 1 : Number(section.dataset.passNumerator), bottom = election ? 2 : Number(section.dataset.passDenominator);
    const ofPresent = !election && section.dataset.passBase === "present";
    const whole = ofPresent ? present : base;
    const passed = yes * bottom > whole * top;
    const facts = { yes, whole, share: top * 2 === bottom ? words.half : `${top}/${bottom}`, needed: Math.floor((whole * top) / bottom) + 1 };
    const name = `${passed ? "passed" : "failed"}${ofPresent ? "OfPresent" : ""}`;
    return [passed, say(name, facts) + source(section.dataset.article)];
  }

  function showChair(section) {
    const away = new Set(all("[data-row]", section).filter((row) => !["", "present"].includes(markOf(row))).map((row) => row.dataset.person));
    for (const select of all("[data-chair], [data-recorder]", section)) {
      const hint = select.parentElement.querySelector("[data-away-hint]");
      if (hint) hint.hidden = !away.has(select.value);
    }
    const note = section.querySelector("[data-delegation]");
    const chair = section.querySelector("[data-chair]");
    if (note && chair) note.hidden = chair.value === section.dataset.officeHolder && !note.querySelector("input").value;
  }

  function chips(row) {
    const leave = row.querySelector(".roll-leave");
    const shown = markOf(row) === "leave";
    if (!shown || leave.querySelector(".chips")) return;
    leave.prepend(document.getElementById("reason-chips").content.cloneNode(true));
  }

  // Rows that repeat
  function addRow(name, focus = true) {
    const rows = form.querySelector(`[data-rows="${name}"]`);
    const template = form.querySelector(`template[data-row-template="${name}"]`);
    const used = all("[data-record-row]", rows).map((row) => Number(row.id.split(".").pop()));
    const html = template.innerHTML.replaceAll("__n__", String(Math.max(-1, ...used) + 1));
    rows.insertAdjacentHTML("beforeend", html);
    const row = rows.lastElementChild;
    all("[data-remove-row]", row).forEach((one) => { one.hidden = false; });
    if (focus) row.querySelector("textarea, input:not([type=hidden])").focus();
    refresh(row.closest("[data-section]"));
    return row;
  }
  function removeRow(button) {
    const row = button.closest("[data-record-row]");
    const rows = row.parentElement, section = row.closest("[data-section]");
    row.remove();
    if (!rows.children.length) addRow(rows.dataset.rows);
    refresh(section);
    changed();
  }

  function copyMarks(section, path) {
    const from = form.querySelector(`[data-section="${CSS.escape(path)}"]`);
    for (const row of all("[data-row]", section)) {
      const same = from.querySelector(`[data-row][data-person="${row.dataset.person}"]`);
      if (!same || !markOf(same)) continue;
      setMark(row, markOf(same));
      for (const field of ["leave_reason", "approver"]) {
        row.querySelector(`[name$=".${field}"]`).value = same.querySelector(`[name$=".${field}"]`).value;
      }
      chips(row);
    }
  }

  function filterRows(input) {
    const wanted = input.value.trim().toLowerCase();
    for (const row of all("[data-find]", input.closest("[data-section]"))) {
      row.hidden = Boolean(wanted) && !row.dataset.find.toLowerCase().includes(wanted);
    }
  }

  function refresh(section) { if (section) showTally(section); }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.type !== "button") return;
    const section = button.closest("[data-section]");
    if (button.dataset.all) all("[data-row]", section).forEach((row) => setMark(row, button.dataset.all));
    else if (button.dataset.copy) copyMarks(section, button.dataset.copy);
    else if (button.dataset.addRow) { addRow(button.dataset.addRow); return; }
    else if ("removeRow" in button.dataset) { removeRow(button); return; }
    else if (button.dataset.reason) {
      const input = button.closest(".roll-leave").querySelector('[name$=".leave_reason"]');
      input.value = button.dataset.reason;
    } else return;
    refresh(section);
    changed();
  });
  form.addEventListener("input", (event) => {
    const target = event.target;
    if ("rollFilter" in target.dataset) { filterRows(target); return; }
    const row = target.closest("[data-resolution]");
    if (row && target.dataset.vote === "yes") row.querySelector("[data-auto]").value = "";
    const section = target.closest("[data-section]");
    if (section && !target.matches(".seg input")) refresh(section);
  });
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) chips(row);
    refresh(event.target.closest("[data-section]"));
    if (event.target.id === "shared.starts_at") showLate(event.target.value);
  });
  form.addEventListener("keydown", (event) => {
    // Enter in a search field finds; it never sends the form.
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
  });

  function showLate(day) {
    const card = form.querySelector("[data-late]");
    if (!card || !day) return;
    card.hidden = (new Date(form.dataset.today) - new Date(day)) / 86400000 <= Number(form.dataset.grace);
  }

  // People by name: the list of suggestions follows what is typed.
  let asked = 0;
  form.addEventListener("input", (event) => {
    if (!("personSearch" in event.target.dataset) || event.target.value.includes("（")) return;
    const text = event.target.value.trim();
    const turn = ++asked;
    if (!text) return;
    setTimeout(async () => {
      if (turn !== asked) return;
      try {
        const response = await fetch(`${form.dataset.people}?q=${encodeURIComponent(text)}`, { redirect: "manual" });
        if (response.ok && turn === asked) document.getElementById("people").innerHTML = await response.text();
      } catch { /* offline: the own people are in the list already */ }
    }, 250);
  });

  function refreshAll() {
    all("[data-section]").forEach((section) => { all("[data-row]", section).forEach(chips); showTally(section); });
    const day = document.getElementById("shared.starts_at");
    if (day) showLate(day.value);
  }
  window.partybuildRecord = { addRow, refreshAll };
  refreshAll();
  document.getElementById("problems")?.focus();
})();
