(() => {
  "use strict";

  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat("en");
  const FIRST_ROWS = 25;
  const MORE_ROWS = 500;
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

  /* Tables: search, a filter by one column, and sorting by each. Only rows that are shown are in the document. */
  const toNumber = (text) => {
    const digits = text.replace(/,/g, "");
    return digits === "" || Number.isNaN(Number(digits)) ? null : Number(digits);
  };
  const compareNumbers = (x, y, direction) => {
    if (x === null || y === null) return (x === null) - (y === null);
    return (x - y) * direction;
  };
  const compareTexts = (x, y, direction) => (x < y ? -direction : x > y ? direction : 0);

  class SortedTable {
    constructor(table) {
      this.body = table.tBodies[0];
      this.headers = [...table.tHead.rows[0].cells];
      this.noun = table.dataset.table;
      this.rows = [...this.body.rows].map((row, place) => ({ row, place, text: null }));
      this.order = this.rows;
      this.limit = FIRST_ROWS;
      this.keys = [];
      this.field = find(`${table.id}-search`);
      this.filter = find(`${table.id}-filter`);
      this.found = find(`${table.id}-found`);
      this.more = document.createElement("button");
      this.more.type = "button";
      this.more.className = "more-rows";
      this.more.addEventListener("click", () => this.showMore());
      table.closest(".scroll").after(this.more);
      this.headers.forEach((header, index) => this.addButton(header, index));
      this.field.addEventListener("input", debounce(() => this.show()));
      if (this.filter) this.filter.addEventListener("change", () => this.show());
      addEventListener("beforeprint", () => {
        this.limit = Math.max(this.limit, PRINTED_ROWS);
        this.show();
      });
      this.show();
    }

    addButton(header, index) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      header.replaceChildren(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => this.sort(header, index));
    }

    fits(each, words) {
      if (this.filter && this.filter.value) {
        const text = each.row.cells[Number(this.filter.dataset.column)].textContent.trim();
        if (!text.startsWith(this.filter.value)) return false;
      }
      if (!words.length) return true;
      each.text ??= each.row.textContent.toLowerCase();
      return words.every((word) => each.text.includes(word));
    }

    show() {
      const words = this.field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const matching = this.order.filter((each) => this.fits(each, words));
      const shown = matching.slice(0, this.limit);
      this.body.replaceChildren(...shown.map((each) => each.row));
      this.found.textContent = describe(shown.length, matching.length, this.rows.length, this.noun);
      const rest = matching.length - shown.length;
      this.more.hidden = !rest;
      this.more.textContent = rest > MORE_ROWS ? `Show ${MORE_ROWS} more` : `Show all ${count(matching.length, this.noun)}`;
    }

    showMore() {
      const first = this.body.rows.length;
      this.limit += MORE_ROWS;
      this.show();
      /* The reader goes on where the new rows begin. */
      const row = this.body.rows[first];
      if (this.more.hidden && row) {
        row.tabIndex = -1;
        row.focus({ preventScroll: true });
      }
    }

    sort(header, index) {
      const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      const isNumeric = header.classList.contains("n");
      this.keys[index] ??= this.rows.map(({ row }) => {
        const cell = row.cells[index];
        const text = cell.dataset.v ?? cell.textContent.trim();
        return isNumeric ? toNumber(text) : text;
      });
      const keys = this.keys[index];
      const compare = isNumeric ? compareNumbers : compareTexts;
      this.order = [...this.rows].sort((a, b) => compare(keys[a.place], keys[b.place], direction) || a.place - b.place);
      for (const other of this.headers) other.setAttribute("aria-sort", "none");
      header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
      this.show();
    }
  }

  for (const table of document.querySelectorAll("table[data-table]")) new SortedTable(table);

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
