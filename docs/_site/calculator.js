// The same sum as dollars() in serverlessapp/capacity/costs.py; a test compares the two.
"use strict";
(() => {
  const form = document.getElementById("calculator");
  if (!form) return; // another page
  const terms = JSON.parse(document.getElementById("terms").textContent);
  const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD" });
  const product = (names, inputs) => names.reduce((so_far, name) => so_far * inputs[name], 1);

  function dollars(inputs) {
    const total = {};
    for (const { service, dollars, times, divided } of terms) {
      const value = (dollars * product(times, inputs)) / product(divided, inputs);
      total[service] = (total[service] || 0) + value;
    }
    return total;
  }

  function show() {
    const fields = [...form.querySelectorAll("input")];
    const wrong = fields.find((field) => !field.checkValidity());
    for (const field of fields) {
      field.setAttribute("aria-invalid", String(!field.checkValidity()));
    }
    if (wrong) {
      const label = wrong.labels[0].textContent;
      document.getElementById("total").textContent = `${label}: from ${wrong.min} to ${wrong.max}, please.`;
      return;
    }
    const total = dollars(Object.fromEntries(fields.map((field) => [field.name, field.valueAsNumber])));
    let sum = 0;
    for (const cell of document.querySelectorAll("[data-service]")) {
      cell.textContent = money.format(total[cell.dataset.service]);
      cell.dataset.dollars = total[cell.dataset.service];
      sum += total[cell.dataset.service];
    }
    document.getElementById("total").textContent = `${money.format(sum)} a month`;
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
