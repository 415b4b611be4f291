"use strict";
// Sorts a table by the column whose title is pressed. A number counts with its unit: 900 µs is less than 1 ms.
const UNITS = {
  ns: 1, "µs": 1e3, ms: 1e6, s: 1e9,
  B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824,
  "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9,
  "/s": 1, "k/s": 1e3, "M/s": 1e6, k: 1e3, M: 1e6, "×": 1,
};
function valueOf(row, column) {
  const text = row.children[column].textContent.trim();
  const parts = /^([-+]?[\d.]+)\s*(\S*)$/.exec(text);
  return parts && (parts[2] === "" || parts[2] in UNITS) ? parseFloat(parts[1]) * (UNITS[parts[2]] || 1) : text;
}
function compare(a, b) {
  const numbers = typeof a === "number" && typeof b === "number";
  return numbers ? a - b : String(a).localeCompare(String(b));
}
for (const table of document.querySelectorAll("table.sortable")) {
  const titles = [...table.tHead.rows[0].cells];
  titles.forEach((title, column) => {
    title.querySelector("button").addEventListener("click", () => {
      const direction = title.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      titles.forEach((other) => other.setAttribute("aria-sort", "none"));
      title.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows];
      rows.sort((a, b) => direction * compare(valueOf(a, column), valueOf(b, column)));
      body.append(...rows);
    });
  });
}
