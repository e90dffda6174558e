// What the API answers, as nodes and links to be drawn and listed.

/** A node of the API, named alike whatever its kind. */
export function nodeOf(node, name) {
  return { ...node, kind: node.__typename.toLowerCase(), name: name ?? node.name ?? node.title };
}

/** The neighbourhood in which the first node is in the middle. */
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

/** The marks of a node: its own, and whether it returns in what is seen. */
export function marksOf(node) {
  const returns = node.kind === "character" && node.ties?.some(({ link }) => link.marks.includes("RETURN"));
  return returns ? [...node.marks, "RETURN"] : (node.marks ?? []);
}

/** The links of a node that lead towards the middle. */
export function tiesInwards(node) {
  return node.ties.filter((tie) => tie.node.depth < node.depth);
}

/** The shows of a neighbourhood, by title. */
export function showsOf({ links }) {
  const titles = new Map(links.flatMap(({ credits }) => credits.map(({ show }) => [show.slug, show.title])));
  return [...titles].map(([slug, title]) => ({ slug, title })).sort((a, b) => a.title.localeCompare(b.title));
}

/**
 * Ways as a drawing: the nodes of the chosen one in their order in `chain`, those of the others around them, and
 * something of the casts that they lead through. Each step goes from a person through the character to the show, and
 * back the same way to the next person.
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

/** Adds the cast of a work on the way, unlit. */
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
    // Somebody who took over the part: both meet in the character.
    const isShared = from && to && from.id === to.id;
    const parts = isShared ? [from] : [from, workOf(step), to];
    // Who is the same character in two steps is drawn once.
    const fresh = parts.filter((part) => part && !stops.some((stop) => stop.id === part.id));
    stops.push(...fresh, nodeOf(path.people[index + 1]));
  }
  return stops;
}

/** The shared work of a step. Two seasons of a show are two places to meet. */
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
