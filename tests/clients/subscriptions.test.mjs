// Subscriptions with the libraries of the protocols and of front ends, which come back after the server restarts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createEventClient } from "graphql-sse";
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import WebSocket from "ws";
import { collected, live, liveServer } from "./live.mjs";

// Apollo Client looks for the browser's.
globalThis.WebSocket ??= WebSocket;

// By default graphql-ws comes back after a close with 1012, but not if the server is not listening again yet.
const patient = { retryAttempts: 100, retryWait: () => new Promise((done) => setTimeout(done, 100)), shouldRetry: () => true };
const socketClient = (server, options) => createClient({ url: server.ws, webSocketImpl: WebSocket, ...patient, ...options });

/** Changes the name while `subscribe` runs, before and after a restart. */
async function followed(t, subscribe) {
  const server = await liveServer(t);
  const names = collected();
  const end = await subscribe(server, names);
  await names.got("Ronny Cox");
  await server.rename("Ronny C.");
  await names.got("Ronny C.");
  await server.restart();
  await server.rename("R. Cox");
  await names.got("R. Cox");
  await end();
  assert.deepEqual([...new Set(names.values)], ["Ronny Cox", "Ronny C.", "R. Cox"]);
}

test("graphql-ws comes back after a restart", (t) =>
  followed(t, async (server, { next, error }) => {
    const client = socketClient(server);
    client.subscribe({ query: live }, { next: ({ data }) => next(data.person.name), error, complete() {} });
    return () => client.dispose();
  }));

test("graphql-sse comes back after a restart", (t) =>
  followed(t, async (server, { next, error }) => {
    const client = createEventClient({ url: server.http, retryAttempts: 50, retry: () => new Promise((done) => setTimeout(done, 100)) });
    client.subscribe({ query: live }, { next: ({ data }) => next(data.person.name), error, complete() {} });
    return () => client.dispose();
  }));

test("Apollo Client follows a live query and keeps its cache", (t) =>
  followed(t, async (server, { next, error }) => {
    const socket = socketClient(server);
    const cache = new InMemoryCache();
    const client = new ApolloClient({ cache, link: new GraphQLWsLink(socket) });
    const following = client.subscribe({ query: gql(live) }).subscribe({ next: ({ data }) => next(data.person.name), error });
    return async () => {
      const people = Object.values(cache.extract()).filter(({ __typename }) => __typename === "Person");
      assert.deepEqual(people.map(({ name }) => name), ["R. Cox"]);
      following.unsubscribe();
      await socket.dispose();
    };
  }));

test("urql follows a live query over a socket", (t) =>
  followed(t, async (server, { next, error }) => {
    const socket = socketClient(server);
    const forwardSubscription = ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
    });
    const client = new Client({ url: server.http, exchanges: [cacheExchange, fetchExchange, subscriptionExchange({ forwardSubscription })] });
    const following = client.subscription(live, {}).subscribe((result) => (result.error ? error(result.error) : next(result.data.person.name)));
    return async () => {
      following.unsubscribe();
      await socket.dispose();
    };
  }));

test("urql follows a live query over events", async (t) => {
  const server = await liveServer(t);
  const names = collected();
  const client = new Client({ url: server.http, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
  const following = client.subscription(live, {}).subscribe((result) => (result.error ? names.error(result.error) : names.next(result.data.person.name)));
  await names.got("Ronny Cox");
  await server.rename("Ronny C.");
  await names.got("Ronny C.");
  following.unsubscribe();
});

test("Relay's network layer follows a live query", (t) =>
  followed(t, async (server, { next, error }) => {
    const socket = socketClient(server);
    const subscribe = (operation, variables) =>
      relay.Observable.create((sink) => socket.subscribe({ operationName: operation.name, query: operation.text, variables }, sink));
    const network = relay.Network.create(() => assert.fail("no query is sent"), subscribe);
    const following = network.execute({ name: "Live", text: live, operationKind: "subscription" }, {}, {}).subscribe({
      next: ({ data }) => next(data.person.name),
      error,
    });
    return async () => {
      following.unsubscribe();
      await socket.dispose();
    };
  }));

test("the feed goes on at its cursor after a restart, without gaps and repeats", async (t) => {
  const server = await liveServer(t);
  const feed = `subscription ($after: String) { changes(after: $after, kinds: [PERSON]) { nodes { fields { field after } } pageInfo { endCursor } } }`;
  let after = null;
  const names = collected();
  const follow = () => {
    const client = socketClient(server, { retryAttempts: 0 });
    const ended = new Promise((resolve) => {
      client.subscribe(
        { query: feed, variables: { after } },
        {
          next: ({ data, errors }) => {
            assert.equal(errors, undefined);
            after = data.changes.pageInfo.endCursor;
            for (const { fields } of data.changes.nodes) names.next(fields.find(({ field }) => field === "name").after);
          },
          error: resolve,
          complete: resolve,
        },
      );
    });
    return { client, ended };
  };
  const first = follow();
  await new Promise((done) => setTimeout(done, 500));
  await server.rename("One");
  await names.got("One");
  await server.restart();
  await first.ended;
  await server.rename("Two");
  await server.rename("Three");
  const second = follow();
  await names.got("Three");
  await second.client.dispose();
  assert.deepEqual(names.values, ["One", "Two", "Three"]);
});

test("a key in connectionParams is the viewer's, and a wrong one is refused with 4403", async (t) => {
  const server = await liveServer(t);
  const ask = (connectionParams) =>
    new Promise((resolve, reject) => {
      const client = socketClient(server, { connectionParams, retryAttempts: 0 });
      client.subscribe({ query: "{ viewer { name } }" }, { next: resolve, error: reject, complete: () => client.dispose() });
    });
  assert.deepEqual((await ask({ Authorization: `Bearer ${server.key}` })).data, { viewer: { name: "kim" } });
  assert.deepEqual((await ask()).data, { viewer: null });
  await assert.rejects(ask({ Authorization: "Bearer wrong" }), ({ code }) => code === 4403);
});

test("graphql-ws and graphql-sse are told of a document that is not valid", async (t) => {
  const server = await liveServer(t);
  const query = "subscription { shows { totalCount } people { totalCount } }";
  const client = socketClient(server);
  const errors = await new Promise((resolve, reject) => client.subscribe({ query }, { next: reject, error: resolve, complete: reject }));
  assert.deepEqual(errors.map(({ extensions }) => extensions.code), ["VALIDATION"]);
  await client.dispose();
  const events = createEventClient({ url: server.http, retryAttempts: 0 });
  const results = [];
  await new Promise((resolve, reject) => events.subscribe({ query }, { next: (result) => results.push(result), error: reject, complete: resolve }));
  assert.deepEqual(results[0].errors.map(({ extensions }) => extensions.code), ["VALIDATION"]);
  events.dispose();
});
