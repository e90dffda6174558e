// Runs the examples as described in their README, with their own castgraph server, in a browser and in Node.
//
//   CASTGRAPH_TEST_BIN   the castgraph binary
//   CHROMIUM             the browser, /usr/bin/chromium by default
//   SCREENSHOTS          a folder for screenshots, optional

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const { CASTGRAPH_TEST_BIN, CHROMIUM = "/usr/bin/chromium", SCREENSHOTS } = process.env;
assert.ok(CASTGRAPH_TEST_BIN, "set CASTGRAPH_TEST_BIN to the path of the castgraph binary");
const { chromium } = createRequire(new URL("../pages/package.json", import.meta.url))("playwright-core");
const run = promisify(execFile);
const here = (path) => new URL(path, import.meta.url);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

let folder, castgraph, server, page, pages, browser;

before(async () => {
  pages = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : request.url;
    response.setHeader("Content-Type", TYPES[extname(path)] ?? "text/plain");
    response.end(readFileSync(here(`${page}/dist${path}`)));
  });
  await once(pages.listen(0, "127.0.0.1"), "listening");
  folder = mkdtempSync(join(tmpdir(), "castgraph-examples-"));
  const origin = `http://127.0.0.1:${pages.address().port}`;
  const env = { ...process.env, DATABASE_URL: join(folder, "castgraph.db"), CASTGRAPH_LISTEN: "127.0.0.1:0", RUST_LOG: "warn" };
  castgraph = spawn(resolve(CASTGRAPH_TEST_BIN), ["--cors-origins", origin], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: castgraph.stdout })) {
    [server] = line.match(/http:\/\/[^/]+/) ?? [];
    if (server) break;
  }
  assert.ok(server, "castgraph exited before it printed its address");
  const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  browser = await chromium.launch({ executablePath: CHROMIUM, args: flags.split(" ") });
});

after(async () => {
  await browser?.close();
  pages?.close();
  castgraph?.kill();
  if (castgraph) await once(castgraph, "exit");
  if (folder) rmSync(folder, { recursive: true });
});

/** Builds an example for this server and opens its page in a new profile. Console errors and warnings fail the test. */
async function visit(name, body) {
  await run("npm", ["run", "build"], { cwd: here(name), env: { ...process.env, VITE_CASTGRAPH: server } });
  page = name;
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 900, height: 700 } });
    const complaints = [];
    context.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    context.on("weberror", (error) => complaints.push(String(error.error())));
    const tab = await context.newPage();
    await tab.goto(`http://127.0.0.1:${pages.address().port}/`);
    await body(tab);
    if (SCREENSHOTS) await tab.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}.png`) });
    assert.deepEqual(complaints, []);
    await context.close();
  }
}

test("the script prints who came back", async () => {
  const env = { ...process.env, CASTGRAPH: server };
  const { stdout } = await run(process.execPath, ["returns.mjs"], { cwd: here("fetch"), env });
  assert.deepEqual(stdout.trim().split("\n"), ["Jean-Luc Picard", "Guinan", "Q", "Maurice Picard (recast)", "Yvette Picard (recast)", "Wesley Crusher"]);
  const unknown = run(process.execPath, ["returns.mjs", "no-such-season"], { cwd: here("fetch"), env });
  await assert.rejects(unknown, /there is no season no-such-season/);
  const wrong = run(process.execPath, ["returns.mjs", "star-trek-picard-s02", "no-such-show"], { cwd: here("fetch"), env });
  await assert.rejects(wrong, /NOT_FOUND: /);
});

test("the Apollo page shows who came back, season by season", { timeout: 180_000 }, () =>
  visit("apollo", async (tab) => {
    await tab.getByText("Guinan").waitFor();
    assert.ok((await tab.getByRole("listitem").count()) >= 4);
    await tab.getByRole("combobox").selectOption({ label: "Star Trek: Picard, season 3" });
    await tab.getByText("Worf").waitFor();
    assert.equal(await tab.getByText("Guinan").count(), 0);
  }));

test("the Relay page shows a cast, page by page", { timeout: 180_000 }, () =>
  visit("relay", async (tab) => {
    await tab.getByText(/^10 of \d+ parts$/).waitFor();
    assert.equal(await tab.getByRole("listitem").count(), 10);
    await tab.getByRole("button", { name: "Show more" }).click();
    await tab.getByText(/^20 of \d+ parts$/).waitFor();
    assert.equal(await tab.getByRole("listitem").count(), 20);
  }));
