// The views. Each loads its data from the API and returns it as text and, if there is one, as a graph.

import { askNeighbourhood, askSeasons, askStart, askWays } from "./api.js";
import { html } from "./dom.js";
import { filtersOf } from "./filters.js";
import { headOf, listOf } from "./list.js";
import { fromNeighbourhood, fromWays, showsOf } from "./model.js";
import { searchField } from "./search.js";
import { beginningsOf, startOf } from "./start.js";
import { told, wayOf } from "./way.js";
import { KIND_NAMES, count } from "./words.js";

/** The start page. */
export async function startView(_view, { link, wayLink }, signal) {
  const data = await askStart(signal);
  const beginnings = beginningsOf(data);
  const content = startOf(data, beginnings, { link, way: wayLink });
  return { content, graph: await exampleOf(beginnings, signal), title: "Explore", spoken: "" };
}

/** The graph on the start page: the character with the most performers, or else a show. */
async function exampleOf({ recasts, shows }, signal) {
  const of = recasts[0]
    ? { character: { slug: recasts[0].character.slug } }
    : shows[0] && { show: { slug: shows[0].slug } };
  if (!of) return null;
  const { neighbourhood } = await askNeighbourhood(
    { of, depth: 2, first: 32, shows: null, seasons: null },
    signal,
  );
  return fromNeighbourhood(neighbourhood);
}

/** The neighbourhood of a person, a character or a show. */
export async function aroundView(view, { link, go }, signal) {
  const asked = (filters) =>
    askNeighbourhood(
      { of: { [view.kind]: { slug: view.slug } }, depth: view.depth, first: view.nodes, ...filters },
      signal,
    );
  const chosen = view.kind === "show" ? view.slug : view.show;
  const [here, whole, seasons] = await Promise.all([
    // With both, the API would return either; a season implies its show.
    asked({
      shows: view.show && !view.season ? [{ slug: view.show }] : null,
      seasons: view.season && [{ slug: view.season }],
    }),
    // The choices do not depend on the current choice.
    view.show && asked({ shows: null, seasons: null }),
    chosen && askSeasons({ show: { slug: chosen } }, signal),
  ]);
  const graph = fromNeighbourhood(here.neighbourhood);
  const shows = showsOf(whole ? fromNeighbourhood(whole.neighbourhood) : graph);
  const known = seasons?.show;
  if (view.show && known && !shows.some(({ slug }) => slug === view.show))
    shows.push({ slug: known.slug, title: known.title });
  const change = (part) => go({ ...view, ...part }, "same");
  const filters = filtersOf(view, { shows, seasons: known?.seasons.nodes ?? [], change });
  const content = [
    headOf(graph.focus),
    view.kind === "person" && connect(view, graph.focus, go),
    filters,
    ...listOf(graph, { link, more: (nodes) => change({ nodes }) }),
  ].filter(Boolean);
  const spoken = `${graph.focus.name}, ${KIND_NAMES[view.kind][0]}: ${count(graph.nodes.length - 1, ["neighbour", "neighbours"])} shown.`;
  return { content, graph, title: graph.focus.name, spoken };
}

/** The field that finds a path from one person to another. */
function connect(view, focus, go) {
  return html(
    "div",
    { class: "connect" },
    html("p", { "aria-hidden": "true" }, "Connect to"),
    searchField({
      label: `Find a path from ${focus.name} to another person`,
      hint: "another person",
      kinds: ["person"],
      choose: ({ slug }) => go({ kind: "person", slug: view.slug, to: slug }),
    }),
  );
}

/** The paths between two people. */
export async function wayView(view, { link, go }, signal) {
  const options = { scope: view.scope, crew: view.crew };
  const found = await askWays({ from: { slug: view.slug }, to: { slug: view.to }, options }, signal);
  const answer = { ...found, paths: found.paths.nodes };
  const content = wayOf(view, answer, {
    link,
    change: (part) => go({ ...view, ...part }, "same"),
    back: () => go({ kind: "person", slug: view.slug }),
  });
  const { paths, from, to } = answer;
  const chosen = Math.min(view.way, paths.length) - 1;
  // With several paths, smaller casts, so that the paths remain distinguishable.
  const first = paths.length > 1 ? 6 : 10;
  const casts = await Promise.all((paths[chosen]?.steps ?? []).map((step) => castOf(step, first, signal)));
  const graph = paths[0]?.length > 0 ? fromWays(paths, chosen, casts) : null;
  return { content, graph, title: `${from.name} to ${to.name}`, spoken: told(answer) };
}

/** A part of the cast of the show or season of a step. */
async function castOf({ show, season }, first, signal) {
  const of = { show: { slug: show.slug } };
  const seasons = season && [{ slug: season.slug }];
  return fromNeighbourhood(
    (await askNeighbourhood({ of, depth: 1, first, shows: null, seasons }, signal)).neighbourhood,
  );
}
