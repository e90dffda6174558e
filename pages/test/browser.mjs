// A browser for the tests of the pages. It reports everything that no page may do.
//
//   CASTGRAPH_TEST_URL   the server's address; its database holds the data that castgraph ships with
//   CHROMIUM             the browser, /usr/bin/chromium by default

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const { CASTGRAPH_TEST_URL, CHROMIUM = "/usr/bin/chromium" } = process.env;
assert.ok(CASTGRAPH_TEST_URL, "set CASTGRAPH_TEST_URL to the address of a running castgraph");

export const { origin } = new URL(CASTGRAPH_TEST_URL);

let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
});

after(() => browser?.close());

/** A test with its own page in a new profile. It fails if the browser reports a complaint. */
export function visit(name, path, { ready, ...options }, body) {
  test(name, { timeout: 60_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 1400, height: 850 }, ...options });
    try {
      const complaints = await listen(context);
      const page = await context.newPage();
      await page.goto(new URL(path, origin).href);
      await ready(page);
      await body(page, context);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  });
}

/** Collects complaints: requests to other origins, failures, console messages, policy violations. */
async function listen(context) {
  const complaints = [];
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && url.protocol !== "data:") complaints.push(`request to ${url}`);
  });
  context.on("response", (response) => {
    if (!response.ok() && response.status() !== 304)
      complaints.push(`${response.status()} from ${response.url()}`);
  });
  context.on("console", (message) => {
    // Warnings too: Monaco only warns when its workers are missing.
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  await context.exposeFunction("complain", (complaint) => complaints.push(complaint));
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (violation) => {
      complain(`policy ${violation.effectiveDirective} forbids ${violation.blockedURI}`);
    });
  });
  return complaints;
}

export async function until(condition, seen) {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`timed out waiting for ${condition}; seen: ${await seen?.()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
