"use strict";
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  const lists = [...document.querySelectorAll("section.list")].map((section) => {
    const name = section.querySelector("h3").textContent.toLowerCase();
    return {
      section,
      records: [...section.querySelectorAll("tbody")].map((body) => ({
        body,
        rows: [...body.rows].slice(1),
        text: name + ": " + body.textContent.toLowerCase(),
      })),
    };
  });
  const all = lists.reduce((n, list) => n + list.records.length, 0);

  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const on = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    const every = on.size === boxes.length;
    let n = 0;
    for (const { section, records } of lists) {
      let some = false;
      for (const { body, rows, text } of records) {
        let show = words.every((w) => text.includes(w));
        if (show && !every) {
          let left = 0;
          for (const row of rows) {
            row.hidden = !on.has(row.className);
            left += !row.hidden;
          }
          show = left > 0;
        } else if (show) {
          for (const row of rows) row.hidden = false;
        }
        body.hidden = !show;
        some = some || show;
        n += show;
      }
      section.hidden = !some;
    }
    found.textContent = `${n.toLocaleString("en")} of ${all.toLocaleString("en")} records`;
  };

  let timer = 0;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(filter, 120);
  });
  form.addEventListener("change", filter);
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    filter();
  });
  document.addEventListener("click", (e) => {
    const link = e.target.closest && e.target.closest("a[href^='#e']");
    if (!link) return;
    find.value = link.dataset.find || "";
    filter();
  });
  form.hidden = false;
  filter();
})();
