// Opens the schema page of a running server.
//
//   CASTGRAPH_TEST_URL, CHROMIUM   see browser.mjs
//   SCREENSHOT                     where to write a picture of the page, if set

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as browser from "./browser.mjs";

const { SCREENSHOT } = process.env;
const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const ready = (page) => page.locator("#type h1").waitFor();

browser.visit("a type is drawn among those that it leads to", "/schema", { ready }, async (page) => {
  assert.equal(await page.locator("#type h1").innerText(), "Show");
  const names = await page.locator("#drawing .node").evaluateAll((nodes) => nodes.map((node) => node.textContent));
  for (const name of ["Show", "Season", "Franchise", "Credit", "Episode"]) assert.ok(names.includes(name), name);
  if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT.replace(".png", "-schema.png") });
  await page.locator("#drawing .node", { hasText: /^Season$/ }).click();
  await page.locator("#type h1", { hasText: "Season" }).waitFor();
  assert.ok((await page.locator("#type .term").allInnerTexts()).includes("castCoverage"));
});

browser.visit("a type is found by its name, and has its values", "/schema#Portrayal", { ready }, async (page) => {
  assert.equal(await page.locator("#type h1").innerText(), "Portrayal");
  assert.ok((await page.locator("#type .term").allInnerTexts()).includes("YOUNGER"));
  await page.locator("#find").fill("Credit");
  await page.locator("#type h1", { hasText: "Credit" }).waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  const options = { ready, colorScheme, bypassCSP: true };
  browser.visit(`axe finds no fault on the schema page in ${colorScheme} colours`, "/schema", options, async (page) => {
    await page.addScriptTag({ content: axe });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document));
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join("; ")}`);
    assert.deepEqual(found, []);
  });
}
