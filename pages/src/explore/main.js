import { KINDS, read, write } from "./address.js";
import { ApiError, askNeighbourhood, askSeasons, askStart, askWays } from "./api.js";
import { announce, html, set } from "./dom.js";
import { makeDrawing } from "./drawing.js";
import { filtersOf } from "./filters.js";
import { headOf, listOf } from "./list.js";
import { fromNeighbourhood, fromWays, showsOf } from "./model.js";
import { searchField } from "./search.js";
import { beginningsOf, startOf } from "./start.js";
import { KIND_NAMES, count } from "./words.js";
import { told, wayOf } from "./way.js";

const main = document.getElementById("main");
const panel = document.getElementById("panel");
const chart = document.querySelector(".chart");

let drawing;
let asking;
let isFirst = true;

document.getElementById("search").append(searchField({
  label: "Search a person, character or show",
  hint: "A person, character or show",
  kinds: KINDS,
  choose: (node) => go(fresh(node)),
}));
document.querySelector(".wordmark").addEventListener("click", (event) => follow(event, {}));
addEventListener("popstate", () => show());
show();

/** Goes to a view: its address is a new entry of the history. */
function go(view, focus = "heading") {
  history.pushState(null, "", write(view));
  show(focus);
}

/** The view of somebody or something with nothing else chosen. */
function fresh({ kind, slug }) {
  return { kind, slug };
}

/** Follows a link within the page, unless it is to be opened elsewhere. */
function follow(event, view, focus) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  go(view, focus);
}

function link(node, properties = {}) {
  const view = fresh(node);
  return html("a", { class: `name ${node.kind}`, ...properties, href: write(view), onclick: (event) => follow(event, view) }, node.name);
}

/** Shows what the address says. */
async function show(focus) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const view = read(location.search);
  set(main, { "aria-busy": "true" });
  try {
    const { content, title, spoken } = await (view.to ? wayView : view.kind ? aroundView : startView)(view, signal);
    if (signal.aborted) return;
    main.dataset.view = view.to ? "way" : view.kind ? "around" : "start";
    document.title = `${title} · castgraph`;
    panel.replaceChildren(...content);
    announce(spoken);
    content.draw?.();
    settle(focus);
  } catch (error) {
    if (!signal.aborted) fail(error, view);
  } finally {
    if (!signal.aborted) set(main, { "aria-busy": null });
  }
}

/** Where one goes on after a step: at the heading, or in the middle of the drawing. */
function settle(focus) {
  if (focus === "drawing") drawing.focus();
  else if (focus === "heading") panel.querySelector("h1")?.focus({ preventScroll: true });
  if (!isFirst && focus) scrollTo({ top: 0 });
  isFirst = false;
}

async function startView(_view, signal) {
  const data = await askStart(signal);
  const beginnings = beginningsOf(data);
  const way = (from, to) => {
    const view = { kind: "person", slug: from.slug, to: to.slug };
    return html("a", { class: "way", href: write(view), onclick: (event) => follow(event, view) },
      "from ", html("span", { class: "name person" }, from.name), " to ", html("span", { class: "name person" }, to.name));
  };
  const content = startOf(data, beginnings, { link, way });
  const graph = await exampleOf(beginnings, signal);
  content.draw = () => (graph ? draw(graph) : (chart.hidden = true));
  return { content, title: "Explore", spoken: "" };
}

/** A drawing to begin with: of the character with the most faces, or else of a show. */
async function exampleOf({ recasts, shows }, signal) {
  const of = recasts[0] ? { character: { slug: recasts[0].character.slug } } : shows[0] && { show: { slug: shows[0].slug } };
  if (!of) return null;
  const { neighbourhood } = await askNeighbourhood({ of, depth: 2, first: 32, shows: null, seasons: null }, signal);
  return fromNeighbourhood(neighbourhood);
}

async function aroundView(view, signal) {
  const asked = (filters) => askNeighbourhood({ of: { [view.kind]: { slug: view.slug } }, depth: view.depth, first: view.nodes, ...filters }, signal);
  const chosen = view.kind === "show" ? view.slug : view.show;
  const [here, whole, seasons] = await Promise.all([
    // Together they would mean either; a season says its show.
    asked({ shows: view.show && !view.season ? [{ slug: view.show }] : null, seasons: view.season && [{ slug: view.season }] }),
    // What there is to choose from does not depend on what is chosen.
    view.show && asked({ shows: null, seasons: null }),
    chosen && askSeasons({ show: { slug: chosen } }, signal),
  ]);
  const graph = fromNeighbourhood(here.neighbourhood);
  const shows = showsOf(whole ? fromNeighbourhood(whole.neighbourhood) : graph);
  const known = seasons?.show;
  if (view.show && known && !shows.some(({ slug }) => slug === view.show)) shows.push({ slug: known.slug, title: known.title });
  const change = (part) => go({ ...view, ...part }, null);
  const filters = filtersOf(view, { shows, seasons: known?.seasons.nodes ?? [], change });
  const content = [
    headOf(graph.focus),
    view.kind === "person" && connect(view, graph.focus),
    filters,
    ...listOf(graph, { link, more: (nodes) => change({ nodes }) }),
  ].filter(Boolean);
  content.draw = () => draw(graph);
  const spoken = `${graph.focus.name}, ${KIND_NAMES[view.kind][0]}: ${count(graph.nodes.length - 1, ["neighbour", "neighbours"])} shown.`;
  return { content, title: graph.focus.name, spoken };
}

/** The question that leads from a person to another. */
function connect(view, focus) {
  return html("div", { class: "connect" }, html("p", { "aria-hidden": "true" }, "Connect to"), searchField({
    label: `Find the way from ${focus.name} to another person`,
    hint: "another person",
    kinds: ["person"],
    choose: ({ slug }) => go({ kind: "person", slug: view.slug, to: slug }),
  }));
}

async function wayView(view, signal) {
  const options = { scope: view.scope, crew: view.crew };
  const answer = await askWays({ from: { slug: view.slug }, to: { slug: view.to }, options }, signal);
  const content = wayOf(view, answer, {
    link,
    change: (part) => go({ ...view, ...part }, null),
    back: () => go({ kind: "person", slug: view.slug }),
  });
  const { paths, from, to } = answer;
  const chosen = Math.min(view.way, paths.length) - 1;
  // The more ways, the less of the casts, so that all can be told apart.
  const first = paths.length > 1 ? 6 : 10;
  const casts = await Promise.all((paths[chosen]?.steps ?? []).map((step) => castOf(step, first, signal)));
  content.draw = () => (paths[0]?.length > 0 ? draw(fromWays(paths, chosen, casts)) : (chart.hidden = true));
  return { content, title: `${from.name} to ${to.name}`, spoken: told(answer) };
}

/** Some of those who are in the work that a step leads through. */
async function castOf({ show, season }, first, signal) {
  const of = { show: { slug: show.slug } };
  const seasons = season && [{ slug: season.slug }];
  return fromNeighbourhood((await askNeighbourhood({ of, depth: 1, first, shows: null, seasons }, signal)).neighbourhood);
}

function draw(graph) {
  chart.hidden = false;
  drawing ??= makeDrawing(chart, {
    addressOf: (node) => write(fresh(node)),
    // Enter on a link is a click without a pointer.
    walk: (event, node) => follow(event, fresh(node), event.detail === 0 ? "drawing" : "heading"),
  });
  drawing.draw(graph);
}

function unknown({ kind, slug, to, show, season }) {
  if (to) return `“${slug}” or “${to}”`;
  return show || season ? `The ${kind} “${slug}”, or what is filtered by,` : `The ${kind} “${slug}”`;
}

function fail(error, view) {
  const isUnknown = error instanceof ApiError && error.code === "NOT_FOUND";
  const [title, text] = isUnknown
    ? ["Not here", `${unknown(view)} is not known here. It may go by another name: try the search.`]
    : ["That did not work", `${error.message} The address is kept, so that you can try again.`];
  chart.hidden = true;
  main.dataset.view = "error";
  document.title = `${title} · castgraph`;
  panel.replaceChildren(
    html("header", { class: "hero" }, html("h1", { tabindex: "-1" }, title), html("p", { class: "numbers" }, text)),
    html("p", { class: "actions" },
      !isUnknown && html("button", { type: "button", onclick: () => show("heading") }, "Try again"),
      html("a", { href: "/explore", onclick: (event) => follow(event, {}) }, view.kind ? "Start anew" : "Start")));
  announce(`${title}. ${text}`);
  settle("heading");
}
