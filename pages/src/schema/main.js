// The schema page: a type in the middle, the types around it that it leads to or that lead to it, and its fields.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { html, svg } from "../explore/dom.js";
import { QUERY, around, beyond, inner, typesOf, written } from "./model.js";

const [WIDTH, HEIGHT] = [900, 700];

const drawing = document.getElementById("drawing");
const panel = document.getElementById("type");
const find = document.getElementById("find");

const response = await fetch("/graphql", {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
  body: JSON.stringify({ query: QUERY }),
});
const { data, errors } = await response.json();
if (!data) {
  panel.append(html("p", {}, `The server does not tell its schema: ${errors?.[0]?.message ?? response.status}`));
  throw new Error("no schema");
}
const types = typesOf(data.__schema);
const root = data.__schema.queryType.name;
document.getElementById("types").append(...[...types.keys()].sort().map((name) => html("option", { value: name })));

find.addEventListener("input", () => {
  if (types.has(find.value)) location.hash = find.value;
});
addEventListener("hashchange", show);
show();

/** Shows the type that the address names. */
function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const chosen = types.has(name) ? name : "Show";
  const type = types.get(types.has(chosen) ? chosen : root);
  document.title = `${type.name} · castgraph`;
  panel.replaceChildren(...described(type));
  drawing.replaceChildren(drawn(type.name));
}

function link(name) {
  return types.has(name) ? html("a", { href: `#${name}` }, name) : name;
}

function typed(type) {
  const name = inner(type).name;
  const [before, after] = written(type).split(name);
  return html("code", {}, before, link(name), after);
}

/** The type with its fields, values or members, as a list. */
function described(type) {
  const row = (term, ...rest) => html("li", {}, html("span", { class: "term" }, term), ...rest);
  const text = (description) => description && html("p", {}, description);
  const fields = (type.fields ?? type.inputFields ?? []).map((field) => {
    const args = field.args?.length
      ? html("ul", { class: "args" }, ...field.args.map((arg) => row(arg.name, ": ", typed(arg.type), text(arg.description))))
      : null;
    const deprecated = field.isDeprecated && html("p", { class: "old" }, `Deprecated. ${field.deprecationReason ?? ""}`);
    return row(field.name, ": ", typed(field.type), text(field.description), deprecated, args);
  });
  const values = (type.enumValues ?? []).map((value) => row(value.name, text(value.description)));
  const members = (type.possibleTypes ?? []).map(({ name }) => html("li", {}, link(name)));
  const kind = type.kind.toLowerCase().replace("_", " ");
  const interfaces = type.interfaces?.length
    ? html("p", {}, "Implements ", ...type.interfaces.flatMap(({ name }, index) => [index ? ", " : "", link(name)]))
    : null;
  return [
    html("p", { class: "kind" }, kind),
    html("h1", {}, type.name),
    text(type.description),
    interfaces,
    html("ul", { class: "fields" }, ...fields, ...values, ...members),
  ].filter(Boolean);
}

/** The graph around a type as SVG. */
function drawn(name) {
  const { nodes, links } = around(types, beyond(types, name));
  const middle = nodes[0];
  Object.assign(middle, { fx: WIDTH / 2, fy: HEIGHT / 2 });
  forceSimulation(nodes)
    .force("links", forceLink(links).id(({ id }) => id).distance(190).strength(0.4))
    .force("apart", forceManyBody().strength(-900))
    .force("room", forceCollide(62))
    .force("x", forceX(WIDTH / 2).strength(0.06))
    .force("y", forceY(HEIGHT / 2).strength(0.09))
    .stop()
    .tick(240);
  const inside = (value, most, margin) => Math.min(Math.max(value, margin), most - margin);
  for (const node of nodes) {
    node.x = inside(node.x, WIDTH, 80);
    node.y = inside(node.y, HEIGHT, 24);
  }
  const lines = links.map(({ source, target, by }) => {
    const shown = by.length > 2 ? `${by.slice(0, 2).join(", ")} …` : by.join(", ");
    // Near the other type for links that lead there, near the middle for links that come from there.
    const at = source.id === middle.id ? 0.62 : 0.66;
    const label = { class: "by", x: source.x + (target.x - source.x) * at, y: source.y + (target.y - source.y) * at };
    return svg(
      "g",
      { class: source.id === middle.id ? "out" : "in" },
      svg("line", { x1: source.x, y1: source.y, x2: target.x, y2: target.y }),
      svg("text", label, shown, svg("title", {}, by.join(", "))),
    );
  });
  const boxes = nodes.map(({ id, kind, x, y }) => {
    const width = id.length * 7.6 + 22;
    return svg(
      "a",
      { href: `#${id}`, class: `node ${kind.toLowerCase()} ${id === middle.id ? "middle" : ""}`, "aria-label": id },
      svg("rect", { x: x - width / 2, y: y - 14, width, height: 28, rx: 6 }),
      svg("text", { x, y: y + 5 }, id),
    );
  });
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": `Types around ${name}` }, ...lines, ...boxes);
}
