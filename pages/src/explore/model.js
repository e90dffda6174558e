// Converts answers of the API to nodes and links.

/** A node of the API, with the same properties for every kind. */
export function nodeOf(node, name) {
  return { ...node, kind: node.__typename.toLowerCase(), name: name ?? node.name ?? node.title };
}

/** A neighbourhood as a graph, with the first node as the focus. */
export function fromNeighbourhood({ nodes, links, hidden }) {
  const all = nodes.map(({ node, name, ...place }) => ({ ...nodeOf(node, name), ...place }));
  const byId = new Map(all.map((node) => [node.id, node]));
  for (const node of all) node.ties = [];
  const drawn = links.map(({ source, target, ...link }) => ({
    ...link,
    source: byId.get(source),
    target: byId.get(target),
  }));
  for (const link of drawn) {
    link.source.ties.push({ node: link.target, link });
    link.target.ties.push({ node: link.source, link });
  }
  return { focus: all[0], nodes: all, links: drawn, hidden };
}

/** The marks of a node: its own, and `RETURN` if one of its visible links is a return. */
export function marksOf(node) {
  const returns = node.kind === "character" && node.ties?.some(({ link }) => link.marks.includes("RETURN"));
  return returns ? [...node.marks, "RETURN"] : (node.marks ?? []);
}

/** The links of a node towards the focus. */
export function tiesInwards(node) {
  return node.ties.filter((tie) => tie.node.depth < node.depth);
}

/** The shows of a neighbourhood, by title. */
export function showsOf({ links }) {
  const titles = new Map(links.flatMap(({ credits }) => credits.map(({ show }) => [show.slug, show.title])));
  return [...titles].map(([slug, title]) => ({ slug, title })).sort((a, b) => a.title.localeCompare(b.title));
}

/**
 * Paths as a graph: the nodes of the chosen path in order in `chain`, the nodes of the other paths, and a part of the
 * casts along the chosen path. Each step goes from a person through the character to the show, and from there through a
 * character to the next person.
 */
export function fromWays(paths, chosen, casts) {
  const nodes = new Map();
  const links = new Map();
  const chain = [];
  const order = [paths[chosen], ...paths.filter((_, index) => index !== chosen)];
  for (const [index, path] of order.entries()) {
    const isChosen = index === 0;
    const stops = stopsOf(path);
    for (const [place, stop] of stops.entries()) {
      if (!nodes.has(stop.id))
        nodes.set(stop.id, { ...stop, depth: isChosen ? 0 : 1, lit: isChosen, ties: [], marks: [] });
      if (isChosen) chain.push(nodes.get(stop.id));
      const before = place > 0 ? stops[place - 1] : null;
      if (before) join(links, nodes.get(before.id), nodes.get(stop.id), isChosen);
    }
  }
  const steps = chain.slice(1).map((node, index) => node.ties.find((tie) => tie.node === chain[index]).link);
  for (const [index, cast] of casts.entries())
    surround(nodes, links, workOf(paths[chosen].steps[index]), cast);
  return { focus: null, nodes: [...nodes.values()], links: [...links.values()], chain, steps };
}

/** Adds the cast of a work on the path, without highlighting it. */
function surround(nodes, links, work, cast) {
  const show = nodes.get(work.id);
  if (!show) return;
  for (const node of cast.nodes.slice(1)) {
    if (!nodes.has(node.id)) nodes.set(node.id, { ...node, depth: 2, lit: false, ties: [] });
    join(links, show, nodes.get(node.id), false);
  }
}

function join(links, a, b, lit) {
  const key = [a.id, b.id].sort().join(" ");
  if (a === b || links.has(key)) return;
  const link = { source: a, target: b, marks: [], credits: [], lit };
  links.set(key, link);
  a.ties.push({ node: b, link });
  b.ties.push({ node: a, link });
}

function stopsOf(path) {
  const stops = [nodeOf(path.people[0])];
  for (const [index, step] of path.steps.entries()) {
    const [from, to] = [characterOf(step.fromCredits), characterOf(step.toCredits)];
    // Both people played the same character, so they meet in the character.
    const isShared = from && to && from.id === to.id;
    const parts = isShared ? [from] : [from, workOf(step), to];
    // A character of two steps is drawn once.
    const fresh = parts.filter((part) => part && !stops.some((stop) => stop.id === part.id));
    stops.push(...fresh, nodeOf(path.people[index + 1]));
  }
  return stops;
}

/** The shared work of a step. Two seasons of one show are different works. */
function workOf({ show, season, episode }) {
  const name = [show.title, season && `season ${season.number}`, episode && `“${episode.title}”`].filter(
    Boolean,
  );
  return { ...nodeOf(show), id: [show.id, ...name].join(" "), name: name.join(", ") };
}

function characterOf(credits) {
  const credit = credits.find(({ character }) => character);
  return credit ? nodeOf(credit.character) : null;
}
