(() => {
  "use strict";

  /* The structure as arrays: name, URLs, previous URLs, tone, groups. */
  const [NAME, URLS, PREVIOUS, TONE, GROUPS] = [0, 1, 2, 3, 4];
  const MOST_BUTTONS = 12;
  const find = (id) => document.getElementById(id);
  const source = find("structure-data");
  const place = find("treemap");
  if (!source || !place) return;

  const structure = JSON.parse(source.textContent);
  const figure = place.closest("figure");
  const tip = find("treemap-tip");
  const number = new Intl.NumberFormat("en");
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let path = [structure];
  let chart = null;

  const nameOf = (group) => group[NAME] || "All URLs";
  const count = (urls) => `${number.format(urls)} ${urls === 1 ? "URL" : "URLs"}`;
  const compare = (group) => {
    if (group[PREVIOUS] === null) return "";
    const change = group[URLS] - group[PREVIOUS];
    if (!change) return "as many as in the previous job";
    return `${change > 0 ? "+" : "−"}${number.format(Math.abs(change))} against the previous job`;
  };

  /* Colours of the theme, as the legend has them. */
  const readColours = () => {
    const colours = {};
    for (const each of figure.querySelectorAll("[data-tone]")) {
      const item = each.closest("li");
      const wasHidden = item.hidden;
      item.hidden = false;
      colours[each.dataset.tone] = getComputedStyle(each).backgroundColor;
      item.hidden = wasHidden;
    }
    const page = getComputedStyle(document.body);
    return { ...colours, ink: page.color, paper: page.backgroundColor, font: page.fontFamily };
  };

  const toNode = (group, colours, depth) => ({
    id: `${depth}${nameOf(group)}`,
    name: nameOf(group),
    value: group[URLS],
    group,
    itemStyle: { color: colours[group[TONE]], borderColor: colours[depth === 1 && group[GROUPS].length ? group[TONE] : "paper"] },
    children: depth < 2 ? group[GROUPS].map((each) => toNode(each, colours, depth + 1)) : [],
  });

  const draw = () => {
    const colours = readColours();
    for (const tone of ["less2", "less1", "same", "more1", "more2"]) colours[tone] ??= colours.plain;
    const shown = path.at(-1);
    delete place.dataset.drawn;
    const label = { color: colours.ink, fontFamily: colours.font, fontSize: 12, overflow: "truncate", formatter: (each) => each.name };
    chart.setOption(
      {
        animation: !isCalm,
        animationDurationUpdate: 250,
        series: [
          {
            type: "treemap",
            left: 0, top: 0, right: 0, bottom: 0,
            roam: false,
            nodeClick: false,
            breadcrumb: { show: false },
            label: { ...label, position: "insideTopLeft", padding: [2, 2, 0, 2] },
            upperLabel: { ...label, show: true, height: 22, fontWeight: 600 },
            labelLayout: { hideOverlap: true },
            emphasis: { label: { color: colours.ink }, upperLabel: { show: true, color: colours.ink }, itemStyle: { borderColor: colours.ink } },
            levels: [
              { upperLabel: { show: false }, itemStyle: { borderWidth: 0, gapWidth: 3, borderColor: colours.paper } },
              { itemStyle: { borderWidth: 3, gapWidth: 2, borderRadius: 4 } },
              { itemStyle: { borderWidth: 1, gapWidth: 1, borderRadius: 3 } },
            ],
            data: (shown[GROUPS].length ? shown[GROUPS] : [shown]).map((each) => toNode(each, colours, 1)),
          },
        ],
      },
      true,
    );
  };

  const button = (text, run) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", run);
    return made;
  };

  const describe = () => {
    const shown = path.at(-1);
    const steps = path.map((group, depth) => {
      const item = document.createElement("li");
      if (depth === path.length - 1) {
        const here = document.createElement("span");
        here.textContent = nameOf(group);
        here.setAttribute("aria-current", "true");
        item.append(here);
      } else {
        item.append(button(nameOf(group), () => zoom(path.slice(0, depth + 1))));
      }
      return item;
    });
    find("treemap-path").replaceChildren(...steps);
    find("treemap-out").disabled = path.length === 1;
    const inner = shown[GROUPS].filter((each) => each[GROUPS].length).slice(0, MOST_BUTTONS);
    const into = find("treemap-in");
    into.replaceChildren(...inner.map((each) => button(`${nameOf(each)} ${number.format(each[URLS])}`, () => zoom([...path, each]))));
    into.hidden = !inner.length;
    if (inner.length) into.prepend("Zoom in: ");
    find("treemap-now").textContent = `The chart shows ${nameOf(shown)}: ${count(shown[URLS])}`;
  };

  const zoom = (to) => {
    const focused = document.activeElement;
    path = to;
    tip.hidden = true;
    describe();
    draw();
    /* The button that had the focus is gone, or disabled. */
    if (focused && (!focused.isConnected || focused.disabled)) {
      const next = find("treemap-out").disabled ? find("treemap-in").querySelector("button") : find("treemap-out");
      if (next) next.focus();
    }
  };

  const showTip = (group, event) => {
    const title = document.createElement("strong");
    title.textContent = nameOf(group);
    const lines = [count(group[URLS]), compare(group)].filter(Boolean).map((text) => {
      const line = document.createElement("span");
      line.textContent = text;
      return line;
    });
    tip.replaceChildren(title, ...lines);
    tip.hidden = false;
    const x = Math.min(event.offsetX + 14, Math.max(0, place.clientWidth - tip.offsetWidth));
    const y = Math.min(event.offsetY + 16, place.clientHeight - tip.offsetHeight);
    tip.style.left = `${place.offsetLeft + x}px`;
    tip.style.top = `${place.offsetTop + y}px`;
  };

  const start = () => {
    figure.querySelector(".static").classList.add("replaced");
    chart = window.echarts.init(place, null, { renderer: "canvas" });
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", "Treemap of the sections; the list below has the same numbers");
    chart.on("click", (event) => {
      const group = event.data && event.data.group;
      if (!group) return;
      const parent = path.at(-1)[GROUPS].find((each) => each[GROUPS].includes(group));
      if (group[GROUPS].length) zoom(parent ? [...path, parent, group] : [...path, group]);
      else if (parent) zoom([...path, parent]);
    });
    chart.on("mousemove", (event) => event.data && event.data.group && showTip(event.data.group, event.event));
    chart.on("finished", () => (place.dataset.drawn = nameOf(path.at(-1))));
    chart.on("globalout", () => (tip.hidden = true));
    find("treemap-out").addEventListener("click", () => zoom(path.slice(0, -1)));
    place.addEventListener("mouseleave", () => (tip.hidden = true));
    figure.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && path.length > 1) zoom(path.slice(0, -1));
    });
    document.documentElement.addEventListener("themechange", draw);
    new ResizeObserver(() => chart.resize()).observe(place);
    describe();
    draw();
  };

  place.hidden = false;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
