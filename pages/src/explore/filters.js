// The filters of a neighbourhood: its reach, show and season.

import { html } from "./dom.js";

const REACHES = { 1: "one link", 2: "two links", 3: "three links" };

/** `shows` and `seasons` are the choices. */
export function filtersOf(view, { shows, seasons, change }) {
  const all = [
    select("Reach", Object.entries(REACHES), String(view.depth), (depth) =>
      change({ depth: Number(depth), nodes: 40 }),
    ),
  ];
  if (view.kind !== "show") {
    const options = [["", "all shows"], ...shows.map(({ slug, title }) => [slug, title])];
    all.push(
      select("Show", options, view.show ?? "", (show) => change({ show: show || null, season: null })),
    );
  }
  if (seasons.length > 0) {
    const options = [["", "all seasons"], ...seasons.map(({ slug, number }) => [slug, `season ${number}`])];
    all.push(select("Season", options, view.season ?? "", (season) => change({ season: season || null })));
  }
  return html(
    "form",
    { class: "filters", "aria-label": "Filters", onsubmit: (event) => event.preventDefault() },
    all,
  );
}

export function select(label, options, value, change) {
  // The same id in each view, so that the focus can be restored.
  const id = `choice-${label.toLowerCase().replaceAll(" ", "-")}`;
  const choice = html(
    "select",
    { id, onchange: () => change(choice.value) },
    options.map(([name, text]) => html("option", { value: name, selected: name === value }, text)),
  );
  return html("div", { class: "choice" }, html("label", { for: id }, label), choice);
}
