import { KINDS, read, write } from "./address.js";
import { ApiError } from "./api.js";
import { announce, html, set } from "./dom.js";
import { makeDrawing } from "./drawing.js";
import { searchField } from "./search.js";
import { aroundView, startView, wayView } from "./views.js";

const main = document.getElementById("main");
const panel = document.getElementById("panel");
const chart = document.querySelector(".chart");

const VIEWS = { start: startView, around: aroundView, way: wayView };

let drawing;
let asking;
let isFirst = true;

document.getElementById("search").append(
  searchField({
    label: "Search a person, character or show",
    hint: "A person, character or show",
    kinds: KINDS,
    choose: (node) => go(fresh(node)),
  }),
);
document.querySelector(".wordmark").addEventListener("click", (event) => follow(event, {}));
addEventListener("popstate", () => show());
show();

/** Opens a view and adds its address to the browser history. */
function go(view, focus = "heading") {
  history.pushState(null, "", write(view));
  show(focus);
}

/** The default view of a node. */
function fresh({ kind, slug }) {
  return { kind, slug };
}

/** Follows a link within the page, unless the click asks for a new tab or window. */
function follow(event, view, focus) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
  event.preventDefault();
  go(view, focus);
}

function link(node, properties = {}) {
  const view = fresh(node);
  return html(
    "a",
    { class: `name ${node.kind}`, ...properties, href: write(view), onclick: (event) => follow(event, view) },
    node.name,
  );
}

function wayLink(from, to) {
  const view = { kind: "person", slug: from.slug, to: to.slug };
  return html(
    "a",
    { class: "way", href: write(view), onclick: (event) => follow(event, view) },
    "from ",
    html("span", { class: "name person" }, from.name),
    " to ",
    html("span", { class: "name person" }, to.name),
  );
}

/** Shows the view in the address. */
async function show(focus) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  const view = read(location.search);
  set(main, { "aria-busy": "true" });
  try {
    const name = view.to ? "way" : view.kind ? "around" : "start";
    const { content, graph, title, spoken } = await VIEWS[name](view, { link, wayLink, go }, signal);
    if (signal.aborted) return;
    main.dataset.view = name;
    document.title = `${title} · castgraph`;
    const used = document.activeElement?.id;
    panel.replaceChildren(...content);
    announce(spoken);
    draw(graph);
    settle(focus, used);
  } catch (error) {
    if (!signal.aborted) fail(error, view);
  } finally {
    if (!signal.aborted) set(main, { "aria-busy": null });
  }
}

/** Sets the focus after a step: to the heading, the middle of the graph, or the control that was used. */
function settle(focus, used) {
  if (focus === "drawing") drawing.focus();
  if (focus === "same" && used) document.getElementById(used)?.focus();
  const isLost = focus && (!document.activeElement || document.activeElement === document.body);
  if (focus === "heading" || isLost) panel.querySelector("h1")?.focus({ preventScroll: true });
  if (!isFirst && focus && focus !== "same") scrollTo({ top: 0 });
  isFirst = false;
}

function draw(graph) {
  chart.hidden = !graph;
  if (!graph) return;
  drawing ??= makeDrawing(chart, {
    addressOf: (node) => write(fresh(node)),
    // Enter on a link is a click without a pointer.
    walk: (event, node) => follow(event, fresh(node), event.detail === 0 ? "drawing" : "heading"),
  });
  drawing.draw(graph);
}

function unknown({ kind, slug, to, show, season }) {
  if (to) return `“${slug}” or “${to}”`;
  return show || season ? `The ${kind} “${slug}”, or one of its filters,` : `The ${kind} “${slug}”`;
}

function fail(error, view) {
  const isUnknown = error instanceof ApiError && error.code === "NOT_FOUND";
  const [title, text] = isUnknown
    ? ["Not found", `${unknown(view)} was not found. Try the search: it also finds other names.`]
    : ["Something went wrong", `The request failed: ${error.message}. You can try again.`];
  chart.hidden = true;
  main.dataset.view = "error";
  document.title = `${title} · castgraph`;
  panel.replaceChildren(
    html(
      "header",
      { class: "hero" },
      html("h1", { tabindex: "-1" }, title),
      html("p", { class: "numbers" }, text),
    ),
    html(
      "p",
      { class: "actions" },
      !isUnknown && html("button", { type: "button", onclick: () => show("heading") }, "Try again"),
      html(
        "a",
        { href: "/explore", onclick: (event) => follow(event, {}) },
        view.kind ? "Start over" : "Start",
      ),
    ),
  );
  announce(`${title}. ${text}`);
  settle("heading");
}
