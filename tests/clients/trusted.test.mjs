// Trusted documents: servers that run only the documents of a manifest, asked by the clients that manifests are made for.
// CASTGRAPH_TEST_BIN is the path of the castgraph binary; each test starts a server of its own.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { createPersistedQueryManifestVerificationLink, generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { Client, fetchExchange, mapExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { apolloManifest, generated } from "./manifests.mjs";
import { compile, environment, readSeason } from "./relay.mjs";
import { cast, checkCast, checkPage, ids, page, sha256, slug, unseen } from "./season.mjs";
import { notingFetch, post, start } from "./server.mjs";

const trusting = (t, manifest) => start(t, "--trusted-documents", manifest, "--untrusted-documents", "refuse");
const names = ["documentId", "id", "doc_id"];

/** Checks that the server at `url` answers nothing but its manifest, nor learns anything. */
async function checkRefusals(url) {
  const query = unseen();
  const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(query) } };
  for (const request of [{ query }, { query, extensions }]) {
    const { status, data, errors } = await post(url, request);
    assert.deepEqual([status, data, errors.map(({ extensions }) => extensions.code)], [400, undefined, ["UNTRUSTED_DOCUMENT"]]);
  }
  for (const request of [{ extensions }, ...names.map((name) => ({ [name]: sha256(query) }))]) {
    const { data, errors } = await post(url, request);
    assert.deepEqual([data, errors.map(({ extensions }) => extensions.code)], [undefined, ["PERSISTED_QUERY_NOT_FOUND"]]);
  }
}

test("Relay asks by the ids of its compiler's persistConfig", async (t) => {
  const manifest = join(mkdtempSync(join(tmpdir(), "castgraph-persisted-")), "persisted.json");
  const artifacts = compile("javascript", manifest);
  const url = await trusting(t, manifest);
  for (const name of names) {
    const relay = environment(url, name);
    // The id is no matter here: its error leaves the season as it is.
    const { season, credits } = await readSeason(relay.environment, artifacts, { slug, id: "nothing" });
    checkCast(season.cast.edges, season.cast.totalCount);
    assert.equal(credits[0].person.name, "Patrick Stewart");
    assert.deepEqual(new Set(relay.exchanges), new Set(["POST id: 200"]), name);
  }
  await checkRefusals(url);
});

test("urql asks by the ids of GraphQL Code Generator's client preset", async (t) => {
  const { file, documents } = await generated([ids, page, cast]);
  const url = await trusting(t, file);
  const hashes = (preferGetForPersistedQueries) =>
    persistedExchange({
      enforcePersistedQueries: true,
      generateHash: async (_, document) => document.__meta__.hash,
      preferGetForPersistedQueries,
    });
  // A document of this shape makes urql send `documentId`; in development it takes none from callers.
  const byId = mapExchange({
    onOperation: ({ query, ...operation }) => ({
      ...operation,
      query: { kind: "Document", definitions: [], documentId: query.__meta__.hash },
    }),
  });
  for (const [sent, exchange, preferGetMethod] of [
    ["POST hash: 200", hashes(false), false],
    ["GET hash: 200", hashes("force"), false],
    ["POST id: 200", byId, false],
    ["GET id: 200", byId, "force"],
  ]) {
    const noting = notingFetch();
    const urql = new Client({ url, fetch: noting.fetch, exchanges: [exchange, fetchExchange], preferGetMethod });
    const first = await urql.query(documents.IdsDocument, {}).toPromise();
    assert.ifError(first.error);
    const wanted = [first.data.person.id, first.data.character.id];
    const second = await urql.query(documents.PageDocument, { slug, ids: wanted }).toPromise();
    assert.ifError(second.error);
    checkPage(second.data, wanted);
    assert.deepEqual(noting.exchanges, [sent, sent]);
  }
  await checkRefusals(url);
});

for (const [method, useGETForHashedQueries] of [["POST", false], ["GET", true]]) {
  test(`Apollo Client asks by the ids of an Apollo manifest, by ${method}`, async (t) => {
    const manifest = await apolloManifest([ids, page]);
    const url = await trusting(t, manifest);
    const loadManifest = () => JSON.parse(readFileSync(manifest, "utf8"));
    const noting = notingFetch();
    const client = (link) =>
      new ApolloClient({ cache: new InMemoryCache(), link: ApolloLink.from([link, new HttpLink({ uri: url, fetch: noting.fetch })]) });
    const verified = createPersistedQueryManifestVerificationLink({
      loadManifest,
      onVerificationFailed: ({ reason }) => assert.fail(`the manifest is not what Apollo Client sends: ${reason}`),
    });
    const hashed = new PersistedQueryLink({ ...generatePersistedQueryIdsFromManifest({ loadManifest }), useGETForHashedQueries });
    const apollo = client(ApolloLink.from([verified, hashed]));
    const { data } = await apollo.query({ query: gql(ids) });
    const wanted = [data.person.id, data.character.id];
    checkPage((await apollo.query({ query: gql(page), variables: { slug, ids: wanted } })).data, wanted);
    assert.deepEqual(noting.exchanges, [`${method} hash: 200`, `${method} hash: 200`]);

    const other = await client(new PersistedQueryLink({ sha256 })).query({ query: gql(unseen()), errorPolicy: "all" });
    assert.ok(CombinedGraphQLErrors.is(other.error), String(other.error));
    assert.deepEqual(other.error.errors.map(({ extensions }) => extensions.code), ["UNTRUSTED_DOCUMENT"]);
    await checkRefusals(url);
  });
}
