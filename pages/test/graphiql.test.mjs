// Opens the page of a running server in a browser, as a first-time visitor and without the internet.
//
//   CASTGRAPH_TEST_URL, CHROMIUM   see browser.mjs
//   CASTGRAPH_TEST_BIN             the castgraph binary; with DATABASE_URL of the server's database it makes a key
//   SCREENSHOT                     where to write a picture of the page with an answer, if set

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as browser from "./browser.mjs";
import { origin, until } from "./browser.mjs";

const { CASTGRAPH_TEST_BIN, SCREENSHOT } = process.env;

const axe = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const folder = new URL("../examples/", import.meta.url);
const examples = readdirSync(folder)
  .sort()
  .map((name) => readFileSync(new URL(name, folder), "utf8"));
const exampleTitles = examples.map((query) => query.match(/^(?:query|mutation|subscription) (\w+)/m)[1]);

const query = '{ show(by: {slug: "star-trek-picard"}) { title } }';

visit("the examples are open in tabs, the first one active", "/", async (page) => {
  assert.equal(await page.title(), "castgraph");
  assert.deepEqual(await tabs(page), exampleTitles);
  assert.equal(await page.locator(".graphiql-tab-active").innerText(), exampleTitles[0]);
  assert.equal(await text(page, "query"), examples[0]);
});

visit("the first example finds Guinan", "/", async (page) => {
  await page.locator(".graphiql-execute-button").click();
  await answer(page, "Jean-Luc Picard");
  if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT });
  // Monaco draws only what fits on the screen.
  await page.setViewportSize({ width: 1400, height: 3000 });
  await answer(page, "Guinan");
});

visit("the pane of questions finds one and opens it in a tab", "/", async (page) => {
  await page.locator('[aria-label="Show Questions"]').click();
  const all = await page.locator(".questions li").count();
  await page.locator(".questions input").fill("public money");
  const found = page.locator(".questions li button");
  assert.ok((await found.count()) > 0 && (await found.count()) < all);
  await found.first().click();
  assert.equal((await tabs(page)).length, exampleTitles.length + 1);
  await answer(page, "funding");
  if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT.replace(".png", "-questions.png") });
});

visit("a question opens with its name and runs", "/", async (page) => {
  await page.locator('[aria-label="Show Questions"]').click();
  await page.locator(".questions input").fill("public money");
  await page.locator(".questions li button").first().click();
  await answer(page, "funding");
  const [name] = (await tabs(page)).slice(-1);
  assert.match(name, /^[A-Z]\w+$/);
});

visit("the query is in the address, and an address opens with its query", "/", async (page) => {
  await typeIntoNewTab(page, query);
  await until(async () => new URL(page.url()).searchParams.get("query") === query);
  const address = new URL("/", origin);
  address.searchParams.set("query", "query Sent($slug: String!) { show(by: {slug: $slug}) { title } }");
  address.searchParams.set("variables", '{"slug": "star-trek-voyager"}');
  await page.goto(address.href);
  await ready(page);
  assert.match(await text(page, "query"), /^query Sent/);
  await page.locator(".graphiql-execute-button").click();
  await answer(page, '"Star Trek: Voyager"');
});

visit("a click in the explorer pane selects a field", "/", async (page) => {
  await typeIntoNewTab(page, "query Mine { franchises { totalCount } }");
  await noticed(page, "query Mine { franchises { totalCount } }");
  await page.locator('[aria-label="Show GraphiQL Explorer"]').click();
  const field = page.locator(".graphiql-explorer-root .graphiql-explorer-node", { hasText: /^nodes$/ });
  await field.first().locator("span").first().click();
  await until(async () => (await text(page, "query")).includes("nodes"));
});

for (const colorScheme of ["light", "dark"]) {
  browser.visit(
    `axe finds no serious fault in ${colorScheme} colours`,
    "/",
    { ready, colorScheme, bypassCSP: true },
    async (page) => {
      await page.locator(".graphiql-execute-button").click();
      await answer(page, "Jean-Luc Picard");
      await page.locator('[aria-label="Show GraphiQL Explorer"]').click();
      await page.locator(".graphiql-explorer-root select").first().waitFor();
      await page.addScriptTag({ content: axe });
      const serious = async () => {
        const { violations } = await page.evaluate(() => globalThis.axe.run(document));
        return violations
          .filter(({ impact }) => ["serious", "critical"].includes(impact))
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join("; ")}`);
      };
      let found;
      // The corrections are made shortly after GraphiQL draws.
      await until(async () => (found = await serious()).length === 0).catch(() => assert.deepEqual(found, []));
    },
  );
}

visit("the page is usable on a phone", "/", async (page) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await page.locator(".graphiql-execute-button").click();
  await answer(page, "data");
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `the page is ${width} pixels wide`);
});

visit("a link leads to the explorer, and one leads back", "/", async (page) => {
  await page.locator('.graphiql-logo a[href="/explore"]').click();
  await page.waitForURL("**/explore");
  await page.getByRole("link", { name: "Query the API" }).click();
  await ready(page);
});

visit("a query typed into a new tab is answered", "/", async (page) => {
  await typeIntoNewTab(page, query);
  assert.equal(await text(page, "query"), query);
  await noticed(page, query);
  await page.keyboard.press("Control+Enter");
  await answer(page, '"Star Trek: Picard"');
});

visit("the editor completes from the schema and marks what is not in it", "/", async (page) => {
  await typeIntoNewTab(page, "{ sho");
  const suggestion = page.locator(".suggest-widget .monaco-list-row", { hasText: "show" });
  await suggestion.first().waitFor();
  await typeIntoNewTab(page, "{ notInTheSchema }");
  await page.locator(".graphiql-query-editor .squiggly-error").waitFor();
});

visit("prettify lays out the query and its variables", "/", async (page) => {
  await typeIntoNewTab(page, "{franchises{name}}");
  await page.locator(".graphiql-editor-tools button", { hasText: "Variables" }).click();
  await page.locator(".graphiql-editor-tool .graphiql-editor:visible").click();
  await page.keyboard.insertText('{"after":null,/* a comment */"ids":[1,2]}');
  await page.locator(".graphiql-toolbar button[aria-label^=Prettify]").click();
  await until(async () => (await text(page, "query")).includes("\n  franchises {\n"));
  const variables = '{\n  "after": null, /* a comment */\n  "ids": [\n    1,\n    2\n  ]\n}\n';
  await until(async () => (await text(page, "variable")) === variables);
});

browser.visit("a live query changes while a mutation runs in the next tab", "/", { ready }, async (page, context) => {
  const watch = 'subscription Watch { person(by: {slug: "ronny-cox"}) { name } }';
  await typeIntoNewTab(page, watch);
  await noticed(page, watch);
  await page.locator(".graphiql-execute-button").click();
  await answer(page, '"Ronny Cox"');
  const other = await context.newPage();
  await other.goto(new URL("/", origin).href);
  await ready(other);
  for (const name of ["Ronny C. Cox", "Ronny Cox"]) {
    const rename = `mutation Rename { submitChangeset(input: {title: "A name", changes: [{person: {update: {of: "ronny-cox", set: {name: "${name}"}}}}]}) { changeset { state } } }`;
    await typeIntoNewTab(other, rename);
    await noticed(other, rename);
    await other.locator(".graphiql-editor-tools button", { hasText: "Headers" }).click();
    await other.locator(".graphiql-editor-tool .graphiql-editor:visible").click();
    await other.keyboard.insertText(`{"Authorization": "Bearer ${key()}"}`);
    await other.locator(".graphiql-execute-button").click();
    await answer(other, "APPLIED");
    await answer(page, `"${name}"`);
  }
  if (SCREENSHOT) await page.screenshot({ path: SCREENSHOT.replace(".png", "-live.png") });
});

visit("a visitor's own tabs are kept", "/", async (page) => {
  await typeIntoNewTab(page, `query Mine ${query}`);
  await noticed(page, `query Mine ${query}`);
  await page.reload();
  await ready(page);
  assert.deepEqual(await tabs(page), [...exampleTitles, "Mine"]);
  assert.equal(await text(page, "query"), `query Mine ${query}`);
});

visit("/graphql shows a browser the same page", "/graphql", async (page) => {
  assert.deepEqual(await tabs(page), exampleTitles);
  const pages = ["/", "/graphql"].map(async (path) => {
    const response = await fetch(new URL(path, origin), { headers: { accept: "text/html" } });
    return response.text();
  });
  const [atRoot, atGraphql] = await Promise.all(pages);
  assert.equal(atGraphql, atRoot);
});

function visit(name, path, body) {
  browser.visit(name, path, { ready }, body);
}

/** Waits for the editor, which loads after the page. */
async function ready(page) {
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  await until(async () => (await text(page, "query")) !== undefined);
}

/** The key of a reviewer, which the binary makes in the database of the server. */
function key() {
  assert.ok(CASTGRAPH_TEST_BIN, "set CASTGRAPH_TEST_BIN to the castgraph binary, and DATABASE_URL to the server's database");
  const castgraph = (...command) => execFileSync(CASTGRAPH_TEST_BIN, command, { encoding: "utf8" });
  if (!castgraph("account", "list").includes("watcher")) castgraph("account", "add", "watcher", "--role", "reviewer");
  return castgraph("key", "create", "watcher").match(/castgraph_\w+|\b\w*[0-9a-f]{64}\b/)[0];
}

function tabs(page) {
  return page.locator(".graphiql-tab").allInnerTexts();
}

/** The whole text of an editor, of which only a part may be on screen. */
function text(page, editor) {
  const files = { query: "operation.graphql", variable: "variables.json", response: "response.json" };
  return page.evaluate((file) => {
    const models = globalThis.__MONACO?.editor.getModels() ?? [];
    return models.find((model) => model.uri.path.endsWith(file))?.getValue();
  }, files[editor]);
}

async function typeIntoNewTab(page, query) {
  await page.locator(".graphiql-tab-add").click();
  await page.locator(".graphiql-query-editor .view-lines").click();
  await page.keyboard.press("Control+A");
  await page.keyboard.press("Delete");
  await page.keyboard.type(query);
}

/**
 * Waits until GraphiQL has processed the input, shortly after the last key. Until then it would run the operation
 * of the previous tab.
 */
function noticed(page, query) {
  const kept = (query) => {
    const state = JSON.parse(localStorage["graphiql:tabState"] ?? "{}");
    return state.tabs?.some((tab) => tab.query === query);
  };
  return until(() => page.evaluate(kept, query));
}

/** Waits for an answer on screen that contains the text. */
async function answer(page, expected) {
  // Monaco draws spaces as no-break spaces.
  const shown = async () => (await page.locator(".result-window").innerText()).replaceAll("\u00a0", " ");
  await until(async () => (await shown()).includes(expected), shown);
}
