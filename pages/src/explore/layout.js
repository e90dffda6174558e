// Where the nodes are drawn. Pure: the same nodes in the same room get the same places.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const TICKS = 160;
/** Nodes of a ring beyond which it is drawn as several. */
const RING = 13;

/**
 * Places nodes on rings around the focus, those nearest to it inside. A node's followers share its part of the circle,
 * so that few links cross.
 */
export function rings({ focus, nodes, links }, room) {
  const deepest = Math.max(1, ...nodes.map(({ depth }) => depth));
  const wanted = new Map([[focus, { x: 0, y: 0 }]]);
  const followers = followersOf(nodes);
  const sizes = Array.from(
    { length: deepest + 1 },
    (_, depth) => nodes.filter((node) => node.depth === depth).length,
  );
  const distances = distancesOf(nodes);
  const ring = (depth, place) => {
    const lanes = Math.ceil(sizes[depth] / RING);
    const lane = lanes > 1 ? 1 - (place % lanes) / (lanes - 1) : 0;
    return distances[depth] - lane * 0.45 * (distances[depth] - distances[depth - 1]);
  };
  const placed = new Map();
  const spread = (node, from, to) => {
    const all = followers.get(node) ?? [];
    const weight = all.reduce((sum, child) => sum + share(child, followers), 0);
    let angle = from;
    for (const child of all) {
      const part = ((to - from) * share(child, followers)) / weight;
      const middle = angle + part / 2;
      const place = placed.get(child.depth) ?? 0;
      placed.set(child.depth, place + 1);
      const distance = ring(child.depth, place);
      wanted.set(child, { x: Math.cos(middle) * distance * room.x, y: Math.sin(middle) * distance * room.y });
      spread(child, angle, angle + part);
      angle += part;
    }
  };
  // A twelfth of a turn off the level, so that two nodes do not lie on one line with the focus and their labels.
  spread(focus, -Math.PI + 0.5, Math.PI + 0.5);
  return settle({ nodes, links }, wanted, room, new Set([focus]), 0.22);
}

/** How far from the middle each ring is, as a part of the room: the more nodes are on it and inside, the farther. */
export function distancesOf(nodes) {
  const deepest = Math.max(1, ...nodes.map(({ depth }) => depth));
  return Array.from({ length: deepest + 1 }, (_, depth) => {
    if (depth === 0 || depth === deepest) return depth / deepest;
    const inside = nodes.filter((node) => node.depth <= depth).length / nodes.length;
    return Math.min(
      Math.max(Math.sqrt(inside), (0.84 * depth) / deepest),
      1 - (0.32 * (deepest - depth)) / (deepest - 1),
    );
  });
}

/** Places the nodes of a chain on a wave through the room, and others beside those that they are linked to. */
export function wave({ nodes, links, chain }, room) {
  const wanted = new Map();
  const isWide = room.x > room.y;
  const last = Math.max(1, chain.length - 1);
  const swing = { person: -1, character: 0, show: 1 };
  for (const [index, node] of chain.entries()) {
    const along = chain.length === 1 ? 0 : (2 * index) / last - 1;
    const aside = swing[node.kind];
    // In a high room the chain keeps to the left, so that labels have room beside it.
    wanted.set(
      node,
      isWide
        ? { x: along * room.x, y: aside * Math.min(room.y * 0.42, 150) - room.y * 0.14 }
        : { x: (aside * 0.16 - 0.72) * room.x, y: along * room.y },
    );
  }
  for (const [index, node] of nodes.entries()) {
    if (wanted.has(node)) continue;
    const near = node.ties.map((tie) => wanted.get(tie.node)).find(Boolean) ?? { x: 0, y: 0 };
    const turn = index * 2.4;
    wanted.set(
      node,
      isWide
        ? {
            x: near.x + Math.cos(turn) * 120,
            y: near.y + (0.78 + 0.32 * Math.sin(turn)) * (room.y * 0.6) * (node.kind === "person" ? -1 : 1),
          }
        : { x: room.x * (0.66 + 0.34 * Math.cos(turn)), y: near.y + Math.sin(turn) * 60 },
    );
  }
  return settle({ nodes, links }, wanted, room, new Set(chain), 0.08);
}

/** Lets nodes push each other away from where they are wanted, but for those that are fixed, and not out of sight. */
function settle({ nodes, links }, wanted, room, fixed, hold) {
  const bodies = nodes.map((node) => {
    const at = wanted.get(node) ?? { x: 0, y: 0 };
    return { node, at, ...at, ...(fixed.has(node) ? { fx: at.x, fy: at.y } : {}) };
  });
  const byNode = new Map(bodies.map((body) => [body.node, body]));
  const springs = links.map(({ source, target }) => ({
    source: byNode.get(source),
    target: byNode.get(target),
  }));
  const simulation = forceSimulation(bodies)
    .force("x", forceX(({ at }) => at.x).strength(hold))
    .force("y", forceY(({ at }) => at.y).strength(hold * 1.3))
    .force("links", forceLink(springs).distance(90).strength(0.015))
    .force("apart", forceManyBody().strength(-55).distanceMax(130))
    .force("collide", forceCollide(({ node }) => radius(node) + (node.lit ? 22 : 9)).iterations(2))
    .stop();
  simulation.tick(TICKS);
  const within = (value, most) => Math.min(Math.max(value, -most), most);
  return new Map(
    bodies.map(({ node, x, y }) => [node.id, { x: within(x, room.x + 30), y: within(y, room.y + 15) }]),
  );
}

/** How large a node is drawn: the more links it has in all, the larger. */
export function radius(node) {
  if (node.lit) return 9;
  const size = 3.5 + Math.sqrt(node.links ?? 4) * 0.95;
  return node.depth === 0 ? Math.max(13, size) : Math.min(size, 11);
}

/** Each node but the focus follows one that is nearer: the tree along which the circle is shared. */
function followersOf(nodes) {
  const followers = new Map();
  for (const node of nodes) {
    if (node.depth === 0) continue;
    const inwards = node.ties.map((tie) => tie.node).filter((near) => near.depth < node.depth);
    const leader = inwards[0] ?? nodes[0];
    followers.set(leader, [...(followers.get(leader) ?? []), node]);
  }
  return followers;
}

/** How much of the circle a node gets: room for itself, and less than their own for those that follow it. */
function share(node, followers) {
  const all = followers.get(node) ?? [];
  return all.reduce((sum, child) => sum + 0.55 * share(child, followers), 1);
}
