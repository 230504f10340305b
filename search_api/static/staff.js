/* Keys for decisions, and labels of cells where tables are stacked on a phone. */
"use strict";

document.querySelectorAll("table.wide").forEach((table) => {
  const headings = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  table.querySelectorAll("tbody tr").forEach((row) => {
    [...row.cells].forEach((cell, at) => { if (headings[at]) cell.dataset.label = headings[at]; });
  });
});

// A letter or digit presses the control that names it by data-key.

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("textarea, select, input:not([type=radio])");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const control = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.type === "radio") control.checked = true;
  else control.click();
});
