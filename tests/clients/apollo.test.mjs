// Apollo Client on a running server: its cache, its pages, its errors, and its persisted queries.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { cast, checkCast, checkPage, faults, ids, page, sha256, slug, unseen } from "./season.mjs";
import { notingFetch, running } from "./server.mjs";

const uri = running();

function client({ cache = new InMemoryCache(), links = [], ...http } = {}) {
  return new ApolloClient({ cache, link: ApolloLink.from([...links, new HttpLink({ uri, ...http })]) });
}

test("Apollo Client takes nested objects and fragments", async () => {
  const apollo = client();
  const { data } = await apollo.query({ query: gql(ids) });
  const wanted = [data.person.id, data.character.id];
  const answer = await apollo.query({ query: gql(page), variables: { slug, ids: wanted } });
  checkPage(answer.data, wanted);
});

test("Apollo Client keeps one object for each id, whichever query asked for it", async () => {
  const apollo = client();
  const actor = gql`{ season(by: { slug: "star-trek-picard-s02" }) { id cast(first: 1) { nodes { id person { id name } } } } }`;
  const { data } = await apollo.query({ query: actor });
  const { id, name } = data.season.cast.nodes[0].person;
  const key = apollo.cache.identify({ __typename: "Person", id });
  assert.deepEqual(apollo.cache.extract()[key], { __typename: "Person", id, name });
  await apollo.query({ query: gql`query ($id: ID!) { node(id: $id) { id ... on Person { slug } } }`, variables: { id } });
  assert.deepEqual(apollo.cache.extract()[key], { __typename: "Person", id, name, slug: "patrick-stewart" });
});

test("Apollo Client reads all pages into one list with relayStylePagination", async () => {
  const cache = new InMemoryCache({ typePolicies: { Season: { fields: { cast: relayStylePagination() } } } });
  const apollo = client({ cache });
  const first = { query: gql(cast), variables: { slug } };
  await apollo.query(first);
  const shown = apollo.watchQuery(first);
  const read = () => apollo.readQuery(first).season.cast;
  for (let page; (page = read()).pageInfo.hasNextPage; ) {
    await shown.fetchMore({ variables: { after: page.pageInfo.endCursor } });
    assert.ok(read().edges.length > page.edges.length, "a page brought nothing");
  }
  checkCast(read().edges, read().totalCount);
});

for (const { query, code } of faults) {
  test(`Apollo Client is told ${code}`, async () => {
    const { error } = await client().query({ query: gql(query), errorPolicy: "all" });
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), [code]);
  });
}

for (const accept of ["application/graphql-response+json", "application/json"]) {
  for (const [method, useGETForHashedQueries] of [["POST", false], ["GET", true]]) {
    test(`Apollo Client leaves a persisted query and takes it up again by ${method}, as ${accept}`, async () => {
      const query = gql(unseen());
      const ask = async () => {
        const { fetch, exchanges } = notingFetch();
        const links = [new PersistedQueryLink({ sha256, useGETForHashedQueries })];
        const { data } = await client({ links, fetch, headers: { accept } }).query({ query });
        assert.equal(data.season.number, 2);
        return exchanges;
      };
      assert.deepEqual(await ask(), [`${method} hash: 200`, "POST document hash: 200"]);
      assert.deepEqual(await ask(), [`${method} hash: 200`]);
    });
  }
}

test("Apollo Client is told of a hash that is another document's", async () => {
  const { fetch, exchanges } = notingFetch();
  const links = [new PersistedQueryLink({ sha256: (text) => sha256(`${text} `) })];
  const { error } = await client({ links, fetch }).query({ query: gql(unseen()), errorPolicy: "all" });
  assert.ok(CombinedGraphQLErrors.is(error), String(error));
  assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), ["PERSISTED_QUERY_HASH_MISMATCH"]);
  assert.deepEqual(exchanges, ["POST hash: 200", "POST document hash: 400"]);
});
