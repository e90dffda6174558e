// The start page, with suggestions from this server's data.

import { html } from "./dom.js";
import { count } from "./words.js";

const MOST = 4;

/** The suggestions: shows, characters with several performers, people with several roles. */
export function beginningsOf({ earliest, latest }) {
  const shows = unique([...earliest.nodes, ...latest.nodes], ({ slug }) => slug);
  const recasts = unique(
    shows.flatMap((show) => show.recasts.nodes),
    ({ character }) => character.slug,
  );
  const several = unique(
    shows.flatMap((show) => show.multipleRoles.nodes),
    ({ person }) => person.slug,
  );
  const leads = unique(
    shows.flatMap((show) => show.cast.nodes.map(({ person }) => person)),
    ({ slug }) => slug,
  );
  return {
    shows: [...shows.slice(0, MOST / 2), ...shows.slice(MOST / 2).slice(-MOST / 2)],
    recasts: most(recasts, ({ character }) => character.performers.totalCount),
    several: most(several, ({ characters }) => characters.totalCount),
    ends: leads.length > 1 ? [leads[0], leads.at(-1)] : null,
  };
}

export function startOf(data, { shows, recasts, several, ends }, { link, way }) {
  const counts = [
    count(data.people.totalCount, ["person", "people"]),
    count(data.characters.totalCount, ["character", "characters"]),
    count(data.shows.totalCount, ["show", "shows"]),
  ];
  return [
    html(
      "header",
      { class: "hero" },
      html(
        "h1",
        { tabindex: "-1" },
        "Who played whom, who came back, and ",
        html("em", {}, "how are they connected?"),
      ),
      shows.length > 0
        ? html("p", { class: "numbers" }, counts.join(" · "))
        : html(
            "p",
            { class: "nothing" },
            "This server has no shows yet. Import some to see them here.",
          ),
    ),
    ends && html("p", { class: "ends" }, "Find the path ", way(...ends), "."),
    html(
      "div",
      { class: "beginnings" },
      group(
        "One character, many faces",
        recasts.map(({ character }) => [
          link({ kind: "character", ...character }),
          `${character.performers.totalCount} performers`,
        ]),
      ),
      group(
        "One face, many characters",
        several.map(({ person, characters }) => [
          link({ kind: "person", ...person }),
          `${characters.totalCount} in one show`,
        ]),
      ),
      group(
        "From the first show to the latest",
        shows.map((show) => [
          link({ kind: "show", slug: show.slug, name: show.title }),
          show.premieredOn?.slice(0, 4),
        ]),
      ),
    ),
  ].filter(Boolean);
}

function group(title, entries) {
  if (entries.length === 0) return "";
  return html(
    "section",
    {},
    html("h2", {}, title),
    html(
      "ul",
      {},
      entries.map(([entry, note]) => html("li", {}, entry, note && html("small", {}, note))),
    ),
  );
}

function unique(all, key) {
  return [...new Map(all.map((one) => [key(one), one])).values()];
}

function most(all, number) {
  return all.sort((a, b) => number(b) - number(a)).slice(0, MOST);
}
