// Memory of idle sockets, and the work of telling all of them one change. Linux only.
//
//   CASTGRAPH_TEST_BIN=target/release/castgraph node benches/idle_sockets.mjs [sockets]
//
// Needs as many open files as sockets, for itself and for castgraph: ulimit -n 20000
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const count = Number(process.argv[2] ?? 5_000);
const binary = resolve(process.env.CASTGRAPH_TEST_BIN);
const folder = mkdtempSync(join(tmpdir(), "castgraph-sockets-"));
const env = { ...process.env, DATABASE_URL: join(folder, "castgraph.db"), RUST_LOG: "warn", CASTGRAPH_LISTEN: "127.0.0.1:0" };
const most = String(count + 10);
const server = spawn(binary, ["--max-streams", most, "--max-client-streams", most, "--drain-timeout", "2"], { env, stdio: ["ignore", "pipe", "inherit"] });
let port;
for await (const line of createInterface({ input: server.stdout })) {
  port = Number(line.match(/http:\/\/[^/]+:(\d+)/)?.[1]);
  if (port) break;
}
const castgraph = (...command) => execFileSync(binary, command, { env, encoding: "utf8" });
castgraph("account", "add", "kim", "--role", "reviewer");
const [key] = castgraph("key", "create", "kim").match(/castgraph_\w+/);

const kibibytes = () => Number(readFileSync(`/proc/${server.pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]);
/** CPU time of castgraph, in milliseconds. */
const cpu = () => {
  const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** A masked text frame. */
function frame(message) {
  const text = Buffer.from(JSON.stringify(message));
  const head = text.length < 126 ? Buffer.from([0x81, 0x80 | text.length]) : Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), text]);
}

let heard = 0;
let wanted = "";
/** Opens a socket and waits for the acknowledgement. */
function open() {
  return new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", failed);
    socket.write(
      "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
    );
    socket.on("data", (bytes) => {
      const text = bytes.toString("latin1");
      if (text.startsWith("HTTP/1.1 101")) socket.write(frame({ type: "connection_init" }));
      else if (text.startsWith("HTTP")) failed(new Error(text));
      if (text.includes("connection_ack")) done(socket);
      if (wanted && text.includes(wanted)) heard += 1;
    });
  });
}

/** Waits until all sockets have heard `text`. Returns the time in milliseconds. */
async function all(text, act) {
  [heard, wanted] = [0, text];
  const begun = performance.now();
  await act();
  while (heard < count) await new Promise((next) => setTimeout(next, 5));
  return Math.round(performance.now() - begun);
}

async function rename(name) {
  const query = `mutation { submitChangeset(input: {title: "A name", changes: [{person: {update: {of: "ronny-cox", set: {name: "${name}"}}}}]}) { changeset { number } } }`;
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  await fetch(`http://127.0.0.1:${port}/graphql`, { method: "POST", headers, body: JSON.stringify({ query }) });
}

await rename("Warm");
const before = kibibytes();
const sockets = [];
for (let at = 0; at < count; at += 50) sockets.push(...(await Promise.all(Array.from({ length: 50 }, open))));
const idle = kibibytes();
console.log(`${count} idle sockets: ${((idle - before) / count).toFixed(1)} KiB each`);

const subscribe = frame({ id: "1", type: "subscribe", payload: { query: 'subscription { person(by: {slug: "ronny-cox"}) { name born } }' } });
await all('"Warm"', () => sockets.forEach((socket) => socket.write(subscribe)));
console.log(`${count} sockets with a live read: ${((kibibytes() - before) / count).toFixed(1)} KiB each`);
const work = cpu();
const took = await all('"Told"', () => rename("Told"));
console.log(`one change told to ${count} sockets: ${took} ms, ${cpu() - work} ms of CPU`);

sockets.forEach((socket) => socket.destroy());
server.kill("SIGKILL");
rmSync(folder, { recursive: true });
