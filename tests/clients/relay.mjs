// The Relay compiler and runtime with the sources in relay/.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import relay from "relay-runtime";
import { notingFetch } from "./server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);

/** Compiles relay/ for `language` and gives the folder of the artefacts. With `persist`, documents go to that file. */
export function compile(language, persist) {
  const folder = mkdtempSync(join(tmpdir(), "castgraph-relay-"));
  mkdirSync(join(folder, "src"));
  mkdirSync(join(folder, "artifacts"));
  cpSync(join(here, "relay/season.ts"), join(folder, language === "typescript" ? "src/season.ts" : "src/season.js"));
  cpSync(join(here, "../../schema.graphql"), join(folder, "schema.graphql"));
  const config = {
    src: "src",
    schema: "schema.graphql",
    language,
    artifactDirectory: "artifacts",
    eagerEsModules: language === "typescript",
    customScalarTypes: { Date: "string" },
  };
  if (persist) {
    // The compiler adds to a file that is there.
    writeFileSync(persist, "{}");
    config.persistConfig = { file: persist };
  }
  writeFileSync(join(folder, "relay.config.json"), JSON.stringify(config));
  execFileSync(process.execPath, [join(here, "node_modules/relay-compiler/cli.js"), "relay.config.json"], { cwd: folder, stdio: "pipe" });
  return join(folder, "artifacts");
}

/** A Relay environment that asks `url`, and what it sends. `name` is how a request names a persisted document. */
export function environment(url, name) {
  const { fetch, exchanges } = notingFetch();
  const network = relay.Network.create(async ({ id, text }, variables) => {
    const document = text ? { query: text } : { [name]: id };
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body: JSON.stringify({ ...document, variables }),
    });
    return response.json();
  });
  return { environment: new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) }), exchanges };
}

/** Asks for the page of a season, reads its fragments, and pages to the end of its cast as `usePaginationFragment` does. */
export async function readSeason(environment, artifacts, variables) {
  const [query, cast, credit] = ["seasonPageQuery", "season_cast", "season_credit"].map((name) =>
    require(join(artifacts, `${name}.graphql.js`)),
  );
  environment.retain(relay.createOperationDescriptor(query, variables));
  const { season, node } = await relay.fetchQuery(environment, query, variables).toPromise();
  const read = (fragment, of) => environment.lookup(relay.getSelector(fragment, of)).data;
  const { paginationRequest, paginationMetadata } = relay.getPaginationMetadata(cast, "castgraph");
  for (let page; (page = read(cast, season)).cast.pageInfo.hasNextPage; ) {
    const { endCursor } = page.cast.pageInfo;
    const next = relay.getPaginationVariables("forward", 10, endCursor, variables, {}, paginationMetadata);
    await relay.fetchQuery(environment, paginationRequest, { ...next, id: page.id }).toPromise();
    assert.ok(read(cast, season).cast.edges.length > page.cast.edges.length, "a page brought nothing");
  }
  const all = read(cast, season);
  return { node, season: all, credits: all.cast.edges.map((edge) => read(credit, edge.node)) };
}
