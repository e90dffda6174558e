// The graph: nodes and links as SVG, with pan, zoom and keyboard navigation.

import { select } from "d3-selection";
import { zoom, zoomIdentity } from "d3-zoom";
import { html, set, svg } from "./dom.js";
import { DIRECTIONS, nextOf } from "./keys.js";
import { importance, labelsOf, placeLabels, preferred } from "./labels.js";
import { distancesOf, radius, rings, wave } from "./layout.js";
import { bend, flow } from "./lines.js";
import { marksOf } from "./model.js";
import { captionOf, legend, shapeOf } from "./signs.js";
import { KIND_NAMES, MARKS } from "./words.js";

/** Duration of moves to new positions, and delay between the highlights of two path segments, in milliseconds. */
const WALK = 650;
const LIGHT = 140;

/** Creates a graph in an element. `addressOf` returns the address of a node, `walk` goes there. */
export function makeDrawing(place, { addressOf, walk }) {
  const backdrop = svg("g", { class: "rings" });
  const lines = svg("g", { class: "links" });
  const dots = svg("g", { class: "nodes" });
  const picture = svg("svg", { class: "picture", role: "group" }, backdrop, lines, dots);
  const caption = html("p", { class: "caption", "aria-hidden": "true" });
  const button = (name, sign, act) =>
    html("button", { type: "button", "aria-label": name, title: name, onclick: act }, sign);
  const tools = html(
    "div",
    { class: "tools", role: "group", "aria-label": "Zoom" },
    button("Zoom in", "+", () => by(1.35)),
    button("Zoom out", "−", () => by(1 / 1.35)),
    button("Show all", "⤢", whole),
  );
  place.replaceChildren(picture, tools, caption, legend());

  let graph = null;
  let shown = new Map();
  let transform = zoomIdentity;
  let scale = 0;
  let walking = 0;

  const zooming = zoom()
    .scaleExtent([0.5, 6])
    .filter((event) => {
      // One finger, and the wheel on a page that can scroll, scroll the page; two fingers move the graph.
      if (event.type.startsWith("touch")) return event.touches.length > 1;
      const scrolls = document.documentElement.scrollHeight > innerHeight + 1;
      return event.type === "wheel" ? event.ctrlKey || !scrolls : !event.button;
    })
    .on("zoom", (event) => {
      transform = event.transform;
      paint();
    });
  const stage = select(picture).call(zooming).on("dblclick.zoom", null);
  new ResizeObserver(() => graph && draw(graph, { isResize: true })).observe(picture);
  document.fonts.ready.then(() => graph && measure());
  picture.addEventListener("keydown", move);

  return { draw, focus: () => focusOn(graph?.focus ?? graph?.chain?.[0]) };

  function by(factor) {
    stage.call(zooming.scaleBy, factor);
  }

  function whole() {
    stage.call(zooming.transform, zoomIdentity);
  }

  /** Draws another graph. Nodes of both graphs move to their new positions. */
  function draw(next, { isResize = false } = {}) {
    graph = next;
    const { width, height } = size();
    if (width === 0) return;
    set(picture, { viewBox: `0 0 ${width} ${height}`, "aria-label": describe(graph) });
    const isSmall = width < 560;
    const room = { x: width / 2 - (isSmall ? 58 : 130), y: height / 2 - (isSmall ? 40 : 48) };
    const places = graph.chain ? wave(graph, room) : rings(graph, room);
    drawRings(room);
    const before = shown;
    const names = labelsOf(graph.nodes, isSmall);
    shown = new Map(
      graph.nodes.map((node) => {
        const old = before.get(node.id);
        const from = old ?? before.get(graph.focus?.id) ?? { x: 0, y: 0 };
        return [
          node.id,
          {
            node,
            x: from.x,
            y: from.y,
            from: { x: from.x, y: from.y },
            to: places.get(node.id),
            label: names.get(node.id),
            isNew: !old,
          },
        ];
      }),
    );
    lines.replaceChildren(...graph.links.map(lineOf));
    dots.replaceChildren(...[...shown.values()].reverse().map(dotOf));
    for (const [index, { line }] of (graph.steps ?? []).entries())
      line.style.animationDelay = `${index * LIGHT}ms`;
    const first = shown.get((graph.focus ?? graph.chain[0]).id);
    set(first.dot, { tabindex: "0" });
    caption.replaceChildren();
    measure();
    if (!isResize) stage.call(zooming.transform, zoomIdentity);
    const isStill = isResize || matchMedia("(prefers-reduced-motion: reduce)").matches || before.size === 0;
    travel(isStill ? 0 : WALK);
  }

  function travel(duration) {
    cancelAnimationFrame(walking);
    const start = performance.now();
    place.dataset.moving = "";
    const step = (now) => {
      const part = duration === 0 ? 1 : Math.min(1, (now - start) / duration);
      const eased = 1 - (1 - part) ** 3;
      for (const body of shown.values()) {
        body.x = body.from.x + (body.to.x - body.from.x) * eased;
        body.y = body.from.y + (body.to.y - body.from.y) * eased;
        set(body.dot, { opacity: body.isNew && part < 1 ? eased : null });
      }
      scale = 0;
      paint(part === 1);
      if (part < 1) walking = requestAnimationFrame(step);
      else delete place.dataset.moving;
    };
    step(start);
  }

  /** Updates all positions. Labels keep their size, so they are placed again when the scale changes. */
  function paint(withLabels = true) {
    const { width, height } = size();
    const at = ({ x, y }) => ({ x: transform.applyX(width / 2 + x), y: transform.applyY(height / 2 + y) });
    set(backdrop, {
      transform: `translate(${transform.x} ${transform.y}) scale(${transform.k}) translate(${width / 2} ${height / 2})`,
    });
    const middle = at({ x: 0, y: 0 });
    for (const body of shown.values()) {
      body.at = at(body);
      set(body.dot, { transform: `translate(${body.at.x.toFixed(1)} ${body.at.y.toFixed(1)})` });
    }
    for (const link of graph.links) {
      const [source, target] = [shown.get(link.source.id).at, shown.get(link.target.id).at];
      set(link.line, { d: bend(source, target, middle) });
    }
    for (const [index, link] of (graph.steps ?? []).entries()) {
      set(link.line, {
        d: flow(...[-1, 0, 1, 2].map((offset) => shown.get(graph.chain[index + offset]?.id)?.at)),
      });
    }
    if (!withLabels || scale === transform.k) return;
    scale = transform.k;
    const bodies = [...shown.values()].sort((a, b) => importance(b.node) - importance(a.node));
    // Nodes outside the visible area get labels too: they can be moved into view.
    const bounds = transform.k > 1 ? null : { width, height };
    const places = placeLabels(
      bodies.map((body) => ({
        ...body.at,
        r: radius(body.node) + (body.node.lit || body.node.marks.includes("RECAST") ? 4 : 0),
        length: body.length,
        must: body.node.depth === 0,
        tall: body.node.depth === 0 ? 21 : 15,
        outwards: { x: body.at.x - middle.x, y: body.at.y - middle.y },
        prefer: preferred(body.node, graph, width > height),
      })),
      bounds,
      [...stones(), ...(bounds ? [{ left: width - 64, right: width, top: 0, bottom: 132 }] : [])],
    );
    for (const [index, body] of bodies.entries()) {
      const found = places[index];
      body.text.classList.toggle("crowded", !found);
      set(body.text, {
        x: found?.dx ?? radius(body.node) + 5,
        y: found?.dy ?? 4.5,
        "text-anchor": found?.anchor ?? "start",
      });
    }
  }

  /** Points on the highlighted path, which labels avoid. */
  function stones() {
    return (graph.steps ?? []).flatMap(({ line }) => {
      const length = line.getTotalLength();
      return [0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85].map((part) => {
        const { x, y } = line.getPointAtLength(length * part);
        return { left: x - 4, right: x + 4, top: y - 4, bottom: y + 4 };
      });
    });
  }

  function measure() {
    for (const body of shown.values()) body.length = body.text.getComputedTextLength();
    scale = 0;
    if (shown.values().next().value?.at) paint();
  }

  function drawRings(room) {
    const orbits = graph.chain ? [] : distancesOf(graph.nodes).slice(1);
    backdrop.replaceChildren(
      ...orbits.map((part) =>
        svg("ellipse", { rx: room.x * part, ry: room.y * part, "vector-effect": "non-scaling-stroke" }),
      ),
    );
  }

  function lineOf(link) {
    // Links that do not touch the focus are thinner.
    const isAside =
      graph.focus &&
      link.source.depth > 0 &&
      link.target.depth > 0 &&
      [link.source, link.target].every((end) => end.ties.length > 1);
    const classes = [
      "link",
      link.lit && "lit",
      isAside && "aside",
      ...link.marks.map((mark) => mark.toLowerCase()),
    ];
    link.line = svg("path", { class: classes.filter(Boolean).join(" "), pathLength: link.lit ? 1 : null });
    return link.line;
  }

  function dotOf(body) {
    const { node } = body;
    const marks = marksOf(node);
    const classes = [
      "node",
      node.kind,
      node.depth === 0 && !node.lit && "focus",
      node.lit && "lit",
      ...marks.map((mark) => mark.toLowerCase()),
    ];
    body.text = svg("text", {}, body.label);
    body.dot = svg(
      "a",
      {
        class: classes.filter(Boolean).join(" "),
        href: addressOf(node),
        tabindex: "-1",
        "aria-label": [node.name, KIND_NAMES[node.kind][0], ...marks.map((mark) => MARKS[mark].label)].join(
          ", ",
        ),
        "data-id": node.id,
        "data-name": node.name,
        onclick: (event) => walk(event, node),
        onpointerenter: () => point(body),
        onpointerleave: () => point(null),
        onfocus: () => point(body),
        onblur: () => point(null),
      },
      ...shapeOf(node, marks),
      body.text,
    );
    return body.dot;
  }

  /** Highlights the links of a node. */
  function point(body) {
    place.classList.toggle("pointing", Boolean(body));
    const near = new Set(body ? [body.node, ...body.node.ties.map((tie) => tie.node)] : []);
    for (const other of shown.values()) other.dot.classList.toggle("near", near.has(other.node));
    for (const link of graph.links)
      link.line.classList.toggle(
        "near",
        Boolean(body) && (link.source === body.node || link.target === body.node),
      );
    caption.replaceChildren(...(body ? captionOf(body.node) : []));
  }

  /** Arrow keys go to the next node in their direction. The graph is one tab stop. */
  function move(event) {
    const body = shown.get(event.target.closest?.("[data-id]")?.dataset.id);
    if (!body || ![...Object.keys(DIRECTIONS), "Home"].includes(event.key)) return;
    event.preventDefault();
    const next =
      event.key === "Home" ? (graph.focus ?? graph.chain[0]) : nextOf(shown.values(), body, event.key)?.node;
    focusOn(next);
  }

  function focusOn(node) {
    if (!node) return;
    for (const body of shown.values()) set(body.dot, { tabindex: body.node === node ? "0" : "-1" });
    shown.get(node.id).dot.focus({ preventScroll: true });
  }

  function size() {
    return { width: picture.clientWidth, height: picture.clientHeight };
  }
}

function describe({ focus, nodes, chain }) {
  const what = chain
    ? `The path from ${chain[0].name} to ${chain.at(-1).name}`
    : `The neighbourhood of ${focus.name}`;
  return `${what}, a graph of ${nodes.length} nodes. Use the arrow keys to move between them. The list has the same content.`;
}
