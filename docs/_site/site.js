// What scrolls by itself can be scrolled with the keyboard, and has a name (WCAG 2.1.1).
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".table-wrapper, .highlight pre").forEach((region, number) => {
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", `${region.matches("pre") ? "Code" : "Table"} ${number + 1}`);
  });
});
