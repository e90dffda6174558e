// Which characters of one show return in a season of another?
//
//   node returns.mjs [SEASON [SHOW]]      CASTGRAPH is the server's URL, http://127.0.0.1:8080 by default

const server = process.env.CASTGRAPH ?? "http://127.0.0.1:8080";
const [season = "star-trek-picard-s02", show = "star-trek-the-next-generation"] = process.argv.slice(2);

const RETURNS = `query Returns($season: String!, $show: String!, $after: String) {
  season(by: { slug: $season }) {
    returns(from: { slug: $show }, first: 2, after: $after) {
      nodes { character { name } samePerformer }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

/** Sends one operation and returns its data. Every error has a stable code. */
async function ask(query, variables) {
  const response = await fetch(new URL("/graphql", server), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) {
    const [{ message, extensions }] = errors;
    throw new Error(`${extensions.code}: ${message}`);
  }
  return data;
}

/** Requests one page after another until there is no next page. */
async function* returns() {
  for (let after = null; ; ) {
    const data = await ask(RETURNS, { season, show, after });
    if (!data.season) throw new Error(`there is no season ${season}`);
    const { nodes, pageInfo } = data.season.returns;
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

try {
  for await (const { character, samePerformer } of returns()) {
    console.log(`${character.name}${samePerformer ? "" : " (recast)"}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
