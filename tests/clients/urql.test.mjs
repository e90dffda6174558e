// urql on a running server: by GET, as it likes to ask, and by POST; its pages, its errors, and its persisted queries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { cast, checkCast, checkPage, faults, ids, page, sha256, slug, unseen } from "./season.mjs";
import { notingFetch, running } from "./server.mjs";

const url = running();

function client(exchanges = [cacheExchange], options = {}) {
  return new Client({ url, exchanges: [...exchanges, fetchExchange], ...options });
}

for (const [method, preferGetMethod] of [["GET", "force"], ["POST", false]]) {
  test(`urql takes nested objects and fragments by ${method}`, async () => {
    const { fetch, exchanges } = notingFetch();
    const urql = client([cacheExchange], { fetch, preferGetMethod });
    const { data } = await urql.query(gql(ids), {}).toPromise();
    const wanted = [data.person.id, data.character.id];
    const answer = await urql.query(gql(page), { slug, ids: wanted }).toPromise();
    assert.ifError(answer.error);
    checkPage(answer.data, wanted);
    assert.deepEqual(exchanges, [`${method} document: 200`, `${method} document: 200`]);
  });
}

test("urql reads all pages", async () => {
  const urql = client();
  const edges = [];
  for (let after = null, more = true; more; ) {
    const { data, error } = await urql.query(gql(cast), { slug, after }).toPromise();
    assert.ifError(error);
    const { edges: found, pageInfo, totalCount } = data.season.cast;
    assert.ok(found.length > 0, "a page brought nothing");
    edges.push(...found);
    ({ endCursor: after, hasNextPage: more } = pageInfo);
    if (!more) checkCast(edges, totalCount);
  }
});

for (const { query, code } of faults) {
  test(`urql is told ${code}`, async () => {
    const { error } = await client().query(gql(query), {}).toPromise();
    assert.equal(error.networkError, undefined);
    assert.deepEqual(error.graphQLErrors.map(({ extensions }) => extensions.code), [code]);
  });
}

// urql sends the document by the method of the hash, so by GET too, and marks it with `miss: true` beside the hash.
for (const [method, preferGetForPersistedQueries] of [["POST", false], ["GET", "force"]]) {
  test(`urql leaves a persisted query and takes it up again by ${method}`, async () => {
    const query = gql(unseen());
    const ask = async () => {
      const { fetch, exchanges } = notingFetch();
      const { data, error } = await client([persistedExchange({ preferGetForPersistedQueries })], { fetch }).query(query, {}).toPromise();
      assert.ifError(error);
      assert.equal(data.season.number, 2);
      return exchanges;
    };
    assert.deepEqual(await ask(), [`${method} hash: 200`, `${method} document hash: 200`]);
    assert.deepEqual(await ask(), [`${method} hash: 200`]);
  });
}

test("urql is told of a hash that is another document's", async () => {
  const { fetch, exchanges } = notingFetch();
  const generateHash = async (text) => sha256(`${text} `);
  const urql = client([persistedExchange({ generateHash, preferGetForPersistedQueries: false })], { fetch });
  const { error } = await urql.query(gql(unseen()), {}).toPromise();
  assert.deepEqual(error.graphQLErrors.map(({ extensions }) => extensions.code), ["PERSISTED_QUERY_HASH_MISMATCH"]);
  assert.deepEqual(exchanges, ["POST hash: 200", "POST document hash: 400"]);
});
