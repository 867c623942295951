"use strict";
// Of the parts of a due rule only those of the chosen one are asked for.
(() => {
  const form = document.querySelector("form[data-due-rule]");
  if (!form) return;
  const parts = {
    teaching_week: ["week"], next_month_day: ["day"], dates: ["dates"], nth_weekday: ["nth", "weekday"],
    next_year: ["date"], on_notice: ["words"],
  };
  const rule = form.elements.namedItem("rule");
  const show = () => {
    const wanted = parts[rule.value] || [];
    for (const name of Object.values(parts).flat()) {
      form.elements.namedItem(name).closest(".mb-3").hidden = !wanted.includes(name);
    }
  };
  rule.addEventListener("change", show);
  show();
})();
