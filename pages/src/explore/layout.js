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
  const ring = (depth, place, size) => {
    const lanes = Math.ceil(size / RING);
    const lane = lanes > 1 ? (place % lanes) / (lanes - 1) - 1 : 0;
    return (depth + lane * (depth === 1 ? 0.42 : 0.5)) / deepest;
  };
  const sizes = new Map();
  for (const { depth } of nodes) sizes.set(depth, (sizes.get(depth) ?? 0) + 1);
  const placed = new Map();
  const spread = (node, from, to) => {
    const all = followers.get(node) ?? [];
    const weight = all.reduce((sum, child) => sum + leaves(child, followers), 0);
    let angle = from;
    for (const child of all) {
      const share = ((to - from) * leaves(child, followers)) / weight;
      const middle = angle + share / 2;
      const place = placed.get(child.depth) ?? 0;
      placed.set(child.depth, place + 1);
      const distance = ring(child.depth, place, sizes.get(child.depth));
      wanted.set(child, { x: Math.cos(middle) * distance * room.x, y: Math.sin(middle) * distance * room.y });
      spread(child, angle, angle + share);
      angle += share;
    }
  };
  // A twelfth of a turn off the level, so that two nodes do not lie on one line with the focus and their labels.
  spread(focus, -Math.PI + 0.5, Math.PI + 0.5);
  return settle(nodes, links, wanted, new Set([focus]), 0.22);
}

/** Places the nodes of a chain on a wave through the room, and others beside those that they are linked to. */
export function wave({ nodes, links, chain }, room) {
  const wanted = new Map();
  const isWide = room.x > room.y;
  const last = Math.max(1, chain.length - 1);
  for (const [index, node] of chain.entries()) {
    const along = chain.length === 1 ? 0 : (2 * index) / last - 1;
    const height = { person: -1, character: 0.05, show: 1 }[node.kind];
    wanted.set(node, isWide
      ? { x: along * room.x, y: height * Math.min(room.y * 0.3, 110) }
      : { x: height * room.x * 0.32, y: along * room.y });
  }
  for (const node of nodes) {
    if (wanted.has(node)) continue;
    const near = node.ties.map((tie) => wanted.get(tie.node)).filter(Boolean);
    const sum = near.reduce((sum, at) => ({ x: sum.x + at.x, y: sum.y + at.y }), { x: 0, y: 0 });
    const middle = { x: sum.x / (near.length || 1), y: sum.y / (near.length || 1) };
    const side = node.kind === "person" ? -0.75 : 0.75;
    wanted.set(node, isWide ? { x: middle.x, y: side * room.y } : { x: side * room.x, y: middle.y });
  }
  return settle(nodes, links, wanted, new Set(chain), 0.08);
}

/** Lets nodes push each other away from where they are wanted, but for those that are fixed. */
function settle(nodes, links, wanted, fixed, hold) {
  const bodies = nodes.map((node) => {
    const at = wanted.get(node) ?? { x: 0, y: 0 };
    return { node, at, ...at, ...(fixed.has(node) ? { fx: at.x, fy: at.y } : {}) };
  });
  const byNode = new Map(bodies.map((body) => [body.node, body]));
  const springs = links.map(({ source, target }) => ({ source: byNode.get(source), target: byNode.get(target) }));
  const simulation = forceSimulation(bodies)
    .force("x", forceX(({ at }) => at.x).strength(hold))
    .force("y", forceY(({ at }) => at.y).strength(hold * 1.3))
    .force("links", forceLink(springs).distance(90).strength(0.015))
    .force("apart", forceManyBody().strength(-55).distanceMax(130))
    .force("collide", forceCollide(({ node }) => radius(node) + 9).iterations(2))
    .stop();
  simulation.tick(TICKS);
  return new Map(bodies.map(({ node, x, y }) => [node.id, { x, y }]));
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

function leaves(node, followers) {
  const all = followers.get(node) ?? [];
  return all.length === 0 ? 1 : all.reduce((sum, child) => sum + leaves(child, followers), 0.5);
}
