"use strict";
// On a narrow screen the matrix opens at the current month, beside the fixed first column.
document.querySelectorAll(".matrix th.is-now").forEach((head) => {
  const box = head.closest(".table-responsive");
  const first = head.closest("tr").querySelector("th");
  if (box && box.scrollWidth > box.clientWidth) box.scrollLeft = head.offsetLeft - first.offsetWidth - head.offsetWidth;
});
