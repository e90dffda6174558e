// The positions of nodes. Pure: the same nodes in the same area get the same positions.

import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

const TICKS = 160;
/** Maximum nodes of a ring; a larger ring is split into lanes. */
const RING = 13;

/**
 * Places nodes on rings around the focus, the nearest ones inside. The followers of a node share its part of the circle,
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
  // Rotated by a twelfth of a turn, so that two nodes and the focus are not on one horizontal line with their labels.
  spread(focus, -Math.PI + 0.5, Math.PI + 0.5);
  return settle({ nodes, links }, wanted, room, new Set([focus]), 0.22);
}

/** The radius of each ring, relative to the area: the more nodes are on it and inside it, the larger. */
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

/** Places the nodes of a chain on a wave through the area, and the others near their neighbours. */
export function wave({ nodes, links, chain }, room) {
  const wanted = new Map();
  const isWide = room.x > room.y;
  const last = Math.max(1, chain.length - 1);
  const swing = { person: -1, character: 0, show: 1 };
  for (const [index, node] of chain.entries()) {
    const along = chain.length === 1 ? 0 : (2 * index) / last - 1;
    const aside = swing[node.kind];
    // In a tall area the chain stays on the left, to leave space for labels.
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

/** Lets nodes repel each other from their wanted positions. Fixed nodes do not move, and no node leaves the area. */
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

/** The radius of a node: the more links it has in total, the larger. */
export function radius(node) {
  if (node.lit) return 9;
  const size = 3.5 + Math.sqrt(node.links ?? 4) * 0.95;
  return node.depth === 0 ? Math.max(13, size) : Math.min(size, 11);
}

/** Each node except the focus follows one that is nearer to it: the tree that divides the circle. */
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

/** The share of the circle for a node: its own space, plus a reduced share for each follower. */
function share(node, followers) {
  const all = followers.get(node) ?? [];
  return all.reduce((sum, child) => sum + 0.55 * share(child, followers), 1);
}
