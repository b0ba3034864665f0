(() => {
  "use strict";

  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const FIRST_ROWS = 25;
  const PRINTED_ROWS = 200;

  for (const each of document.querySelectorAll("[data-js]")) each.hidden = false;

  /* The theme follows the system until the button is used; nothing is stored. */
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const toggle = find("theme");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const showTheme = () => {
    toggle.textContent = "Dark theme";
    toggle.setAttribute("aria-pressed", String(isDark()));
    root.dispatchEvent(new CustomEvent("themechange"));
  };
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  dark.addEventListener("change", showTheme);
  showTheme();

  /* Runs a function soon, and once for several calls in a row. */
  const debounce = (run) => {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(run, 60);
    };
  };

  const count = (value, noun) => `${number.format(value)} ${noun}${value === 1 ? "" : "s"}`;
  const describe = (shown, matching, total, noun) => {
    const text = matching < total ? `${number.format(matching)} of ${count(total, noun)}` : count(total, noun);
    return shown < matching ? `${text}, the first ${number.format(shown)} shown` : text;
  };

  /* Tables: search, a filter by one column, sorting by each, and the first rows at first. */
  const readCell = (row, index) => {
    const cell = row.cells[index];
    return cell.dataset.v ?? cell.textContent.trim();
  };
  const toNumber = (text) => {
    const digits = text.replace(/,/g, "");
    return digits === "" || Number.isNaN(Number(digits)) ? null : Number(digits);
  };

  for (const table of document.querySelectorAll("table[data-table]")) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, text: row.textContent.toLowerCase() }));
    const field = find(`${table.id}-search`);
    const filter = find(`${table.id}-filter`);
    const found = find(`${table.id}-found`);
    const more = document.createElement("button");
    let order = rows;
    let limit = FIRST_ROWS;

    const show = () => {
      const wanted = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const only = filter ? filter.value : "";
      const column = filter ? Number(filter.dataset.column) : 0;
      let matching = 0;
      for (const each of order) {
        const fits =
          wanted.every((part) => each.text.includes(part)) &&
          (!only || each.row.cells[column].textContent.trim().startsWith(only));
        if (fits) matching += 1;
        const isHidden = !fits || matching > limit;
        if (each.row.hidden !== isHidden) each.row.hidden = isHidden;
      }
      found.textContent = describe(Math.min(matching, limit), matching, rows.length, table.dataset.table);
      more.hidden = matching <= limit;
      more.textContent = `Show all ${count(matching, table.dataset.table)}`;
    };

    const sort = (index, header) => {
      const ascends = header.getAttribute("aria-sort") !== "ascending";
      const values = new Map(rows.map((each) => [each, readCell(each.row, index)]));
      const isNumeric = header.classList.contains("n");
      const direction = ascends ? 1 : -1;
      const keys = new Map(rows.map((each) => [each, isNumeric ? toNumber(values.get(each)) : values.get(each)]));
      const compare = isNumeric
        ? (a, b) => {
            const [x, y] = [keys.get(a), keys.get(b)];
            if (x === null || y === null) return (x === null) - (y === null);
            return (x - y) * direction;
          }
        : (a, b) => {
            const [x, y] = [keys.get(a), keys.get(b)];
            return x < y ? -direction : x > y ? direction : 0;
          };
      order = [...rows].sort((a, b) => compare(a, b) || a.place - b.place);
      for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      header.setAttribute("aria-sort", ascends ? "ascending" : "descending");
      body.replaceChildren(...order.map((each) => each.row));
      show();
    };

    [...table.tHead.rows[0].cells].forEach((header, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sort(index, header));
    });
    more.type = "button";
    more.className = "more-rows";
    more.addEventListener("click", () => {
      limit = Infinity;
      show();
      field.focus();
    });
    table.closest(".scroll").after(more);
    addEventListener("beforeprint", () => {
      limit = Math.max(limit, PRINTED_ROWS);
      show();
    });
    field.addEventListener("input", debounce(show));
    if (filter) filter.addEventListener("change", show);
    show();
  }

  /* Findings: a search, and a filter by severity. */
  const list = find("findings-list");
  if (list) {
    const items = [...list.children].map((item) => ({ item, text: item.textContent.toLowerCase() }));
    const field = find("findings-search");
    const boxes = [...document.querySelectorAll('input[name="severity"]')];
    const show = () => {
      const wanted = field.value.trim().toLowerCase();
      const severities = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
      let shown = 0;
      for (const { item, text } of items) {
        const fits = severities.has(item.dataset.severity) && text.includes(wanted);
        item.hidden = !fits;
        if (fits) shown += 1;
      }
      find("findings-found").textContent = describe(shown, shown, items.length, "finding");
    };
    field.addEventListener("input", debounce(show));
    for (const box of boxes) box.addEventListener("change", show);
    show();
  }

  /* A link to something folded opens it. */
  const openTarget = () => {
    const target = location.hash.length > 1 && find(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    for (let each = target; each; each = each.parentElement) if (each.localName === "details") each.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", openTarget);
  for (const link of document.querySelectorAll('a[href^="#finding-"]')) link.addEventListener("click", () => setTimeout(openTarget));
  openTarget();

  /* Paper has nothing to open. */
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of opened) each.open = false;
    opened = [];
  });
})();
