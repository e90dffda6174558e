// Moves from node to node with the arrow keys. Pure.

export const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** The nearest node in the direction of a key, with lateral distance weighted more; undefined if there is none. */
export function nextOf(bodies, from, key) {
  const [right, down] = DIRECTIONS[key];
  let best = { cost: Infinity };
  for (const body of bodies) {
    const [x, y] = [body.at.x - from.at.x, body.at.y - from.at.y];
    const along = x * right + y * down;
    const aside = Math.abs(x * down) + Math.abs(y * right);
    const cost = along + 2.5 * aside;
    if (body !== from && along > 2 && cost < best.cost) best = { body, cost };
  }
  return best.body;
}
