"use strict";
(() => {
  const form = document.getElementById("filters");
  const field = (id) => document.getElementById(id);
  const apply = () => {
    const wanted = { verdict: field("verdict").value, layer: field("layer").value, service: field("service").value };
    const severity = field("severity").value;
    const text = field("text").value.trim().toLowerCase();
    let shown = 0;
    for (const check of document.querySelectorAll(".check")) {
      let any = false;
      for (const item of check.querySelectorAll(".findings > li")) {
        const fits =
          Object.entries(wanted).every(([key, value]) => !value || item.dataset[key] === value) &&
          (!severity || check.dataset.severity === severity) &&
          (!text || (item.textContent + check.querySelector("h3").textContent).toLowerCase().includes(text));
        item.hidden = !fits;
        any ||= fits;
        shown += fits ? 1 : 0;
      }
      check.hidden = !any;
    }
    field("shown").textContent = `${shown} shown`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  for (const stone of document.querySelectorAll(".wall a")) {
    stone.addEventListener("click", () => {
      field("verdict").value = "";
      field("layer").value = stone.dataset.layer;
      field("service").value = stone.dataset.service;
      apply();
    });
  }
  apply();
})();
