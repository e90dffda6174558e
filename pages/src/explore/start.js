// Where a visit begins: with what this server's data has to offer.

import { html } from "./dom.js";
import { count } from "./words.js";

export function startOf(data, { link, way }) {
  const shows = unique([...data.earliest.nodes, ...data.latest.nodes], ({ slug }) => slug);
  const numbers = html("p", { class: "numbers" },
    [count(data.people.totalCount, ["person", "people"]), count(data.characters.totalCount, ["character", "characters"]), count(data.shows.totalCount, ["show", "shows"])].join(" · "));
  const recasts = unique(shows.flatMap((show) => show.recasts.nodes), ({ character }) => character.slug);
  const several = unique(shows.flatMap((show) => show.multipleRoles.nodes), ({ person }) => person.slug);
  const groups = [
    group("Shows", shows.slice(0, 5).map((show) =>
      [link({ kind: "show", slug: show.slug, name: show.title }), show.premieredOn?.slice(0, 4)])),
    group("One character, many faces", most(recasts, ({ performers }) => performers.totalCount).map(({ character, performers }) =>
      [link({ kind: "character", ...character }), `played by ${performers.totalCount}`])),
    group("One face, many characters", most(several, ({ characters }) => characters.totalCount).map(({ person, characters }) =>
      [link({ kind: "person", ...person }), `${characters.totalCount} in one show`])),
  ];
  return [
    html("header", { class: "hero" },
      html("h1", { tabindex: "-1" }, "Who played whom, who came back, and ", html("em", {}, "how are they connected?")),
      data.shows.totalCount > 0 ? numbers : html("p", { class: "nothing" }, "This server has no shows yet. They appear here once some are imported.")),
    html("div", { class: "beginnings" }, groups, ends(shows, way)),
  ];
}

function group(title, entries) {
  if (entries.length === 0) return null;
  return html("section", {}, html("h2", {}, title),
    html("ul", {}, entries.map(([entry, note]) => html("li", {}, entry, note && html("small", {}, ` ${note}`)))));
}

/** A way from the first show to the latest, by those who lead their casts. */
function ends(shows, way) {
  const leads = unique(shows.flatMap((show) => show.cast.nodes.map(({ person }) => person)), ({ slug }) => slug);
  if (leads.length < 2) return null;
  const [first, last] = [leads[0], leads.at(-1)];
  return html("section", {}, html("h2", {}, "From the first to the latest"),
    html("ul", {}, html("li", {}, way(first, last))));
}

function unique(all, key) {
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

function most(all, number) {
  return all.sort((a, b) => number(b) - number(a)).slice(0, 5);
}
