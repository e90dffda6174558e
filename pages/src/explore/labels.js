// Selects the labels to draw and the side of their nodes, so that no label covers another. Pure.

const GAP = 5;
const HEIGHT = 15;
const LONGEST = 30;
/** For the nodes of a chain, which are few. */
const LONGEST_LIT = 42;

/**
 * Returns the position of each label, or null if there is no space for it. `nodes` are in order of importance; nodes
 * with `must` always get a label. No label leaves `bounds`, if given, or covers one of the `others`.
 */
export function placeLabels(nodes, bounds, others = []) {
  const taken = [
    ...nodes.map(({ x, y, r }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r })),
    ...others,
  ];
  return nodes.map((node, own) => {
    const boxes = sides(node).map((side) => ({ side, ...box(node, side) }));
    const isFree = (box) =>
      (!bounds ||
        (box.left > 4 && box.right < bounds.width - 4 && box.top > 4 && box.bottom < bounds.height - 4)) &&
      taken.every((other, index) => index === own || !meet(box, other));
    const found = boxes.find(isFree) ?? (node.must ? boxes[0] : null);
    if (found) taken.push(found);
    return found && { side: found.side, ...anchor(node, found.side) };
  });
}

/** Importance of a node; labels of more important nodes are placed first. */
export function importance(node) {
  return (node.lit ? 2000 : 0) + (node.depth === 0 ? 1000 : 0) - node.depth * 100 + (node.links ?? 0);
}

/** The preferred side of a label in a chain: where the chain does not go. */
export function preferred(node, { chain }, isWide) {
  if (!chain || !node.lit) return null;
  if (!isWide) return "right";
  return { person: "above", show: "below", character: "right" }[node.kind];
}

/** The sides of a node, the outer side first. */
function sides({ outwards, prefer }) {
  const level = outwards.x >= 0 ? ["right", "left"] : ["left", "right"];
  const upright = outwards.y >= 0 ? ["below", "above"] : ["above", "below"];
  const all =
    Math.abs(outwards.y) > 4 * Math.abs(outwards.x) ? [...upright, ...level] : [...level, ...upright];
  return prefer ? [prefer, ...all.filter((side) => side !== prefer)] : all;
}

function box({ x, y, r, length, tall = HEIGHT }, side) {
  const beside = { top: y - tall / 2, bottom: y + tall / 2 };
  const over = { left: x - length / 2, right: x + length / 2 };
  switch (side) {
    case "right":
      return { left: x + r + GAP, right: x + r + GAP + length, ...beside };
    case "left":
      return { left: x - r - GAP - length, right: x - r - GAP, ...beside };
    case "above":
      return { ...over, top: y - r - GAP - tall, bottom: y - r - GAP };
    default:
      return { ...over, top: y + r + GAP, bottom: y + r + GAP + tall };
  }
}

/** Position of the text relative to its node. */
function anchor({ r, tall = HEIGHT }, side) {
  switch (side) {
    case "right":
      return { dx: r + GAP, dy: tall * 0.3, anchor: "start" };
    case "left":
      return { dx: -r - GAP, dy: tall * 0.3, anchor: "end" };
    case "above":
      return { dx: 0, dy: -r - GAP - tall * 0.2, anchor: "middle" };
    default:
      return { dx: 0, dy: r + GAP + tall * 0.8, anchor: "middle" };
  }
}

function meet(a, b) {
  return a.left < b.right + 2 && b.left < a.right + 2 && a.top < b.bottom && b.top < a.bottom;
}

/**
 * Labels for names: without the words with which several shows begin, and shortened to their first words if they are
 * long. A label is always part of the full name.
 */
export function labelsOf(nodes, isSmall) {
  const heads = new Map();
  const head = ({ kind, name }) => (kind === "show" ? name.match(/^.{3,}?: /)?.[0] : null);
  for (const node of nodes) if (head(node)) heads.set(head(node), (heads.get(head(node)) ?? 0) + 1);
  return new Map(
    nodes.map((node) => {
      const name = heads.get(head(node)) > 2 ? node.name.slice(head(node).length) : node.name;
      return [node.id, shorten(name, node.lit && !isSmall ? LONGEST_LIT : LONGEST)];
    }),
  );
}

function shorten(name, longest) {
  if (name.length <= longest) return name;
  const title = name.split(", ")[0];
  if (title.length <= longest) return title;
  const words = name.slice(0, longest + 1).replace(/\s\S*$/, "");
  return words
    .replace(/\s*\([^)]*$/, "")
    .replace(/[\s,:–-]+$/, "")
    .slice(0, longest);
}
