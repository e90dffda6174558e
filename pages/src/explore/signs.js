// The shapes of nodes, and the legend.

import { html, svg } from "./dom.js";
import { radius } from "./layout.js";
import { marksOf } from "./model.js";
import { MARKS, count, facts } from "./words.js";

/** People are discs, characters diamonds, shows squares. Marks add to the shape. */
export function shapeOf(node, marks) {
  const r = radius(node);
  const ring = (away, className) => svg("circle", { class: className, r: r + away });
  const touch = svg("circle", { class: "touch", r: Math.max(r + 4, 14) });
  const shapes = [touch];
  if (node.depth === 0 || node.lit) shapes.push(ring(7, "halo"));
  if (marks.includes("RECAST")) shapes.push(diamond(r + 4.5, "mark"));
  if (marks.includes("MULTIPLE_ROLES")) {
    for (const turn of [-0.5, 0, 0.5]) {
      shapes.push(
        svg("circle", {
          class: "mark moon",
          cx: Math.sin(turn) * (r + 4.5),
          cy: -Math.cos(turn) * (r + 4.5),
          r: 1.8,
        }),
      );
    }
  }
  if (node.kind === "character") shapes.push(diamond(r + 0.5, "shape"));
  else if (node.kind === "show")
    shapes.push(
      svg("rect", { class: "shape", x: -r * 0.88, y: -r * 0.88, width: r * 1.76, height: r * 1.76, rx: 2.5 }),
    );
  else shapes.push(ring(0, "shape"));
  return shapes;
}

function diamond(r, className) {
  return svg("path", { class: className, d: `M0 ${-r}L${r} 0L0 ${r}L${-r} 0Z` });
}

/** The caption of the node under the pointer. */
export function captionOf(node) {
  const marks = marksOf(node).map((mark) => MARKS[mark].meaning);
  const linked = node.links ? count(node.links, ["link", "links"]) : "";
  const told = [facts(node), ...marks, linked].filter(Boolean).join(" · ");
  return [html("span", { class: `name ${node.kind}` }, node.name), html("span", {}, told)];
}

/** The legend. */
export function legend() {
  const sign = (kind, marks) =>
    svg(
      "svg",
      { viewBox: "-12 -12 24 24", "aria-hidden": "true" },
      svg("g", { class: `node ${kind}` }, ...shapeOf({ kind, depth: 1, links: 5 }, marks).slice(1)),
    );
  const dashes = svg(
    "svg",
    { viewBox: "-12 -12 24 24", "aria-hidden": "true" },
    svg("path", { class: "link return", d: "M-12 0H12" }),
  );
  const entry = (picture, text) => html("li", {}, picture, text);
  return html(
    "ul",
    { class: "legend", "aria-label": "Legend" },
    entry(sign("person", []), "person"),
    entry(sign("character", []), "character"),
    entry(sign("show", []), "show"),
    entry(dashes, "returns"),
    entry(sign("character", ["RECAST"]), "recast"),
    entry(sign("person", ["MULTIPLE_ROLES"]), "several parts"),
  );
}
