// What the theme leaves out for readers without a mouse or a screen (WCAG 2.1.1, 1.3.1).
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const set = (selector, attributes) =>
    document.querySelectorAll(selector).forEach((element, number) => {
      for (const [name, value] of Object.entries(attributes(number + 1))) element.setAttribute(name, value);
    });
  const scrolling = (name) => (number) => ({ tabindex: 0, role: "region", "aria-label": `${name} ${number}` });
  set(".table-wrapper", scrolling("Table"));
  set(".highlight pre", scrolling("Code"));
  set(".caption[role=heading]", () => ({ "aria-level": 2 }));
  set(".sidebar-drawer", () => ({ "aria-label": "All pages" }));
  set(".toc-drawer", () => ({ "aria-label": "This page" }));
});
