// A server that can be changed, stopped and started again at the same address.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { post } from "./server.mjs";

export const live = `subscription Live { person(by: {slug: "ronny-cox"}) { id name } }`;

/** Starts castgraph for as long as the test `t` runs. */
export async function liveServer(t, ...flags) {
  const binary = process.env.CASTGRAPH_TEST_BIN;
  assert.ok(binary, "set CASTGRAPH_TEST_BIN to the path of the castgraph binary, such as /castgraph/target/release/castgraph");
  const folder = mkdtempSync(join(tmpdir(), "castgraph-live-"));
  const env = { ...process.env, DATABASE_URL: join(folder, "castgraph.db"), RUST_LOG: "warn" };
  let server;
  let listen = "127.0.0.1:0";
  async function start() {
    server = spawn(resolve(binary), ["--drain-timeout", "1", "--stop-delay", "0", ...flags], {
      cwd: folder,
      env: { ...env, CASTGRAPH_LISTEN: listen },
      stdio: ["ignore", "pipe", "inherit"],
    });
    server.ended = once(server, "exit");
    for await (const line of createInterface({ input: server.stdout })) {
      const [, address] = line.match(/http:\/\/([^/]+)/) ?? [];
      if (address) return (listen = address);
    }
    throw new Error("castgraph ended before it told its address; the reason is above");
  }
  async function stop() {
    server.kill("SIGTERM");
    await server.ended;
  }
  t.after(async () => {
    await stop();
    rmSync(folder, { recursive: true });
  });
  await start();
  const castgraph = (...command) => execFileSync(resolve(binary), command, { cwd: folder, env, encoding: "utf8" });
  castgraph("account", "add", "kim", "--role", "reviewer");
  const [key] = castgraph("key", "create", "kim").match(/castgraph_\w+|\b\w*[0-9a-f]{64}\b/);
  async function rename(name) {
    const changes = `[{person: {update: {of: "ronny-cox", set: {name: ${JSON.stringify(name)}}}}}]`;
    const query = `mutation { submitChangeset(input: {title: "A name", changes: ${changes}}) { changeset { number } } }`;
    const response = await fetch(`http://${listen}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query }),
    });
    const answer = await response.json();
    assert.equal(answer.errors, undefined, JSON.stringify(answer));
  }
  return {
    http: `http://${listen}/graphql`,
    ws: `ws://${listen}/graphql`,
    key,
    rename,
    ask: (query) => post(`http://${listen}/graphql`, { query }),
    restart: async () => {
      await stop();
      await start();
    },
  };
}

/** Collects what a subscription sends: `got` waits until it has sent `value`. */
export function collected() {
  const values = [];
  const errors = [];
  let wake = () => {};
  return {
    values,
    next: (value) => {
      values.push(value);
      wake();
    },
    error: (error) => {
      errors.push(error);
      wake();
    },
    async got(value) {
      const end = Date.now() + 20_000;
      while (values.at(-1) !== value) {
        assert.deepEqual(errors, []);
        assert.ok(Date.now() < end, `timed out waiting for ${value}; got ${values}`);
        await Promise.race([new Promise((resolve) => (wake = resolve)), new Promise((resolve) => setTimeout(resolve, 500))]);
      }
    },
  };
}
