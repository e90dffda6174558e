// The examples in the first tabs. They name objects of the data set that castgraph ships with. If the database does not
// hold them, they name some that it does hold.

// File names define the order: the keys of a glob are sorted.
const files = import.meta.glob("../examples/*.graphql", { query: "?raw", import: "default", eager: true });
const own = Object.values(files);

/** Asks for the objects of the examples, and for some objects of any data set. */
const HELD = `query Held {
  franchise(by: {slug: "star-trek"}) { slug }
  earlier: show(by: {slug: "star-trek-the-next-generation"}) { slug }
  season(by: {slug: "star-trek-picard-s02"}) { slug }
  character(by: {slug: "borg-queen"}) { slug }
  person(by: {slug: "brent-spiner"}) { slug }
  franchises(first: 1) { nodes { slug name } }
  shows(first: 2, filter: {format: SERIES}) { nodes { slug title seasons(last: 1) { nodes { slug } } } }
  characters(first: 1) { nodes { slug name } }
  people(first: 1) { nodes { slug name } }
}`;

/** How long to wait for the answer before the page opens, in milliseconds. */
const PATIENCE = 2_000;

/** The texts of the examples. */
export async function examples() {
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: HELD }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    return adapt(own, (await response.json()).data);
  } catch {
    return own;
  }
}

/** The examples for what the database holds: `held` is the answer to `HELD`. */
export function adapt(texts, held) {
  const all = ["franchise", "earlier", "season", "character", "person"];
  if (!held || all.every((name) => held[name])) return texts;
  const franchise = held.franchises?.nodes[0];
  const [earlier, later] = held.shows?.nodes ?? [];
  const season = (later ?? earlier)?.seasons.nodes[0];
  const character = held.characters?.nodes[0];
  const person = held.people?.nodes[0];
  const names = [
    ["the second season of Picard", season && `the season ${season.slug}`],
    ["The Next Generation", earlier?.title],
    ["star-trek-the-next-generation", earlier?.slug],
    ["star-trek-picard-s02", season?.slug],
    ["borg-queen", character?.slug],
    ["the Borg Queen", character?.name],
    ["BorgQueen", character && "Performers"],
    ["brent-spiner", person?.slug],
    ["Brent Spiner", person?.name],
    ["BrentSpiner", person && "Parts"],
    ['"star-trek"', franchise && `"${franchise.slug}"`],
    ["Star Trek characters", franchise && `characters of ${franchise.name}`],
    ["chris rios", character?.name],
    ["borg qeen", person?.name],
    ['query: "picard"', earlier && `query: ${JSON.stringify(earlier.title)}`],
  ];
  return texts.map((text) => names.reduce((out, [from, to]) => (to ? out.replaceAll(from, to) : out), text));
}
