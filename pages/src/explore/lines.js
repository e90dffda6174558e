// The lines of links, as SVG paths. Pure.

/** A line that bends slightly towards the centre. */
export function bend(a, b, middle) {
  const part = 0.14;
  const x = (a.x + b.x) / 2 + (middle.x - (a.x + b.x) / 2) * part;
  const y = (a.y + b.y) / 2 + (middle.y - (a.y + b.y) / 2) * part;
  return `M${round(a)}Q${round({ x, y })} ${round(b)}`;
}

/** The segment from `a` to `b` of a smooth curve from `before` to `after` (Catmull–Rom). */
export function flow(before, a, b, after) {
  const by = (from, to, part) => ({ x: (to.x - from.x) * part, y: (to.y - from.y) * part });
  const [out, into] = [by(before ?? a, b, 1 / 6), by(a, after ?? b, 1 / 6)];
  return `M${round(a)}C${round({ x: a.x + out.x, y: a.y + out.y })} ${round({ x: b.x - into.x, y: b.y - into.y })} ${round(b)}`;
}

function round({ x, y }) {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
