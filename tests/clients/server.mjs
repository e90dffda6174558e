// The server that the tests ask, and a fetch that notes what a client sends to it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** Where the server of CASTGRAPH_TEST_URL answers GraphQL. */
export function running() {
  const server = process.env.CASTGRAPH_TEST_URL;
  assert.ok(server, "set CASTGRAPH_TEST_URL to the address of a running castgraph, such as http://127.0.0.1:8080");
  return new URL("/graphql", server).href;
}

/** Starts the castgraph of CASTGRAPH_TEST_BIN for as long as the test `t` runs, and tells where it answers GraphQL. */
export async function start(t, ...flags) {
  const binary = process.env.CASTGRAPH_TEST_BIN;
  assert.ok(binary, "set CASTGRAPH_TEST_BIN to the path of the castgraph binary, such as /castgraph/target/release/castgraph");
  const folder = mkdtempSync(join(tmpdir(), "castgraph-server-"));
  const env = { ...process.env, DATABASE_URL: join(folder, "castgraph.db"), CASTGRAPH_LISTEN: "127.0.0.1:0", RUST_LOG: "warn" };
  const server = spawn(resolve(binary), flags, { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  await once(server, "spawn");
  const ended = once(server, "exit");
  t.after(async () => {
    server.kill();
    await ended;
    rmSync(folder, { recursive: true });
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const [address] = line.match(/http:\/\/[^/]+/) ?? [];
    if (address) return new URL("/graphql", address).href;
  }
  throw new Error(`castgraph ${flags.join(" ")} ended before it told its address; the reason is above`);
}

/** Posts `body`, without a client. */
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
}

/** A fetch that notes each exchange in `exchanges`, such as "POST document hash: 200". */
export function notingFetch() {
  const exchanges = [];
  const noting = async (url, options = {}) => {
    const { method = "GET", body } = options;
    const parameters = body ? JSON.parse(body) : Object.fromEntries(new URL(url).searchParams);
    const names = [
      ["document", parameters.query],
      ["hash", JSON.stringify(parameters.extensions ?? {}).includes("sha256Hash")],
      ["id", parameters.documentId ?? parameters.id ?? parameters.doc_id],
    ];
    const sent = [method, ...names.filter(([, given]) => given).map(([name]) => name)];
    const response = await fetch(url, options);
    exchanges.push(`${sent.join(" ")}: ${response.status}`);
    return response;
  };
  return { fetch: noting, exchanges };
}
