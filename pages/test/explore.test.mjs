// Tests the explorer in a browser: with mouse, keyboard and screen reader announcements.
//
//   CASTGRAPH_TEST_URL, CHROMIUM   see browser.mjs
//   SCREENSHOTS                    a folder for screenshots, optional

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as browser from "./browser.mjs";
import { until } from "./browser.mjs";

const { SCREENSHOTS } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DARK = { colorScheme: "dark" };

visit("the start offers what the data has, and a click begins the walk", "/explore", {}, async (page) => {
  for (const title of [
    "One character, many faces",
    "One face, many characters",
    "From the first show to the latest",
  ]) {
    const group = page.locator(".beginnings section", { has: page.getByRole("heading", { name: title }) });
    assert.ok((await group.getByRole("link").count()) > 1, title);
  }
  assert.match(await page.locator(".numbers").innerText(), /^[\d,]+ people · [\d,]+ characters · \d+ shows$/);
  await picture(page, "start");
  const faces = { has: page.getByRole("heading", { name: "One face, many characters" }) };
  await page.locator(".beginnings section", faces).getByRole("link").first().click();
  await page.waitForURL(/[?]person=/);
  assert.match(search(page), /^\?person=[a-z0-9-]+$/);
});

visit("somebody is found by typing and chosen by keyboard", "/explore", {}, async (page) => {
  const field = page.getByRole("combobox", { name: "Search a person, character or show" });
  await field.pressSequentially("brent sp");
  const option = page.getByRole("option", { name: /Brent Spiner/ });
  await option.waitFor();
  await page.keyboard.press("ArrowDown");
  assert.equal(await option.getAttribute("aria-selected"), "true");
  assert.equal(await field.getAttribute("aria-activedescendant"), await option.getAttribute("id"));
  await page.keyboard.press("Enter");
  await seen(page, "Brent Spiner");
  assert.equal(await page.title(), "Brent Spiner · castgraph");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "H1", "one goes on at the heading");
  await told(page, /^Brent Spiner, person: \d+ neighbours shown\.$/);
  // The graph and the list contain the same nodes, except for the focus.
  assert.deepEqual(
    (await drawn(page)).filter((name) => name !== "Brent Spiner"),
    await listed(page),
  );
});

visit("Enter at once takes what fits best", "/explore", {}, async (page) => {
  const field = page.getByRole("combobox", { name: "Search a person, character or show" });
  await field.pressSequentially("whoopi");
  await page.keyboard.press("Enter");
  await seen(page, "Whoopi Goldberg");
});

visit("what nobody is called is told, and Escape closes the suggestions", "/explore", {}, async (page) => {
  const field = page.getByRole("combobox", { name: "Search a person, character or show" });
  await field.fill("zzyzx");
  await told(page, /No results for “zzyzx”/);
  await field.fill("picard");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("listbox").waitFor({ state: "hidden" });
});

visit(
  "a click on a node walks on, and the browser goes back",
  "/explore?person=brent-spiner",
  {},
  async (page) => {
    await picture(page, "person");
    await node(page, "Lore").click();
    await seen(page, "Lore");
    assert.equal(search(page), "?character=lore");
    await page.goBack();
    await seen(page, "Brent Spiner");
    await page.goForward();
    await seen(page, "Lore");
    await page.reload();
    await ready(page);
    await seen(page, "Lore");
  },
);

visit("the drawing is walked by keyboard", "/explore?character=guinan", {}, async (page) => {
  await page.locator(".wordmark").focus();
  for (let stop = 0; stop < 4; stop += 1) await page.keyboard.press("Tab");
  const at = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.equal(await at(), "Guinan, character, Recast, Returns", "the drawing is one stop");
  const visited = new Set();
  for (const key of ["ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft"]) {
    await page.keyboard.press(key);
    visited.add(await at());
  }
  assert.ok(visited.size > 2, [...visited].join("; "));
  await page.locator('.nodes a[aria-label^="Whoopi Goldberg"]').focus();
  await page.keyboard.press("Enter");
  await seen(page, "Whoopi Goldberg");
  assert.equal(await at(), "Whoopi Goldberg, person", "one goes on in the drawing");
});

visit("the way between two people is lit and told", "/explore?person=whoopi-goldberg", {}, async (page) => {
  const field = page.getByRole("combobox", { name: /path from Whoopi Goldberg/ });
  await field.pressSequentially("chris pin");
  await page.getByRole("option", { name: /Chris Pine/ }).click();
  await seen(page, "Whoopi Goldberg to Chris Pine");
  assert.equal(search(page), "?person=whoopi-goldberg&to=chris-pine");
  const [, links] = (await page.locator(".distance").innerText()).match(/^(\d) links apart$/);
  await told(page, new RegExp(`^From Whoopi Goldberg to Chris Pine: ${links} links apart`));
  const steps = await page.locator(".steps li").allInnerTexts();
  assert.equal(steps.length, Number(links));
  assert.match(steps[0].replaceAll("\n", " "), /Whoopi Goldberg as Guinan and .+ as .+\.$/);
  const lit = await page
    .locator(".nodes a.lit")
    .evaluateAll((nodes) => nodes.map((node) => node.querySelector("text").textContent));
  assert.ok(lit.includes("Whoopi Goldberg") && lit.includes("Chris Pine") && lit.length > Number(links), lit.join());
  assert.equal(await page.locator(".link.lit").count(), lit.length - 1);
  assert.ok((await page.locator(".nodes a:not(.lit)").count()) > 0, "others stay dim");
  await page.getByRole("button", { name: "Back to Whoopi Goldberg" }).click();
  await seen(page, "Whoopi Goldberg");
});

visit(
  "of several ways one is chosen",
  "/explore?person=william-shatner&to=holly-hunter&sharing=season",
  {},
  async (page) => {
    const steps = async () => (await page.locator(".steps li").allInnerTexts()).join("\n");
    const first = await steps();
    await picture(page, "ways");
    await page.getByRole("button", { name: "Next path" }).click();
    await until(async () => (await steps()) !== first, steps);
    assert.match(search(page), /way=2/);
    await page.goBack();
    await until(async () => (await steps()) === first, steps);
  },
);

visit(
  "who is linked by the crew only has no way without it",
  "/explore?person=alex-kurtzman&to=patrick-stewart&sharing=season",
  {},
  async (page) => {
    await page.locator(".distance", { hasText: "No known connection" }).waitFor();
    assert.ok(await page.locator(".chart").isHidden());
    await page.getByRole("checkbox", { name: "include crew" }).check();
    await page.locator(".distance", { hasText: "One link apart" }).waitFor();
    assert.match(search(page), /crew/);
    assert.match(
      await page.locator(".steps li").innerText(),
      /Alex Kurtzman as [a-z ]+ and Patrick Stewart as Jean-Luc Picard\./,
    );
  },
);

visit("show and season filter what is seen", "/explore?person=brent-spiner", {}, async (page) => {
  const all = (await drawn(page)).length;
  await page.getByLabel("Show", { exact: true }).focus();
  await page.getByLabel("Show", { exact: true }).selectOption({ label: "Star Trek: Picard" });
  await until(
    async () => (await drawn(page)).length < all,
    () => drawn(page),
  );
  await ready(page);
  assert.deepEqual(await listed(page, "show"), ["Star Trek: Picard"]);
  assert.equal(
    await page.evaluate(() => document.activeElement.id),
    "choice-show",
    "one goes on where one was",
  );
  const inShow = await drawn(page);
  await page.getByLabel("Season").selectOption({ label: "season 2" });
  await until(
    async () => (await drawn(page)).length < inShow.length,
    () => drawn(page),
  );
  assert.ok((await drawn(page)).includes("Adam Soong"));
  assert.ok(!(await drawn(page)).includes("Altan Inigo Soong"), "who is in seasons 1 and 3");
  assert.equal(search(page), "?person=brent-spiner&in=star-trek-picard&season=star-trek-picard-s02");
  await page.getByLabel("Show", { exact: true }).selectOption({ label: "all shows" });
  await until(
    async () => (await drawn(page)).length === all,
    () => drawn(page),
  );
});

visit(
  "the reach grows, and what is left out can be shown",
  "/explore?show=star-trek-picard",
  {},
  async (page) => {
    const few = (await drawn(page)).length;
    assert.equal(few, 40);
    await page.getByRole("button", { name: "Show more" }).click();
    await until(async () => (await drawn(page)).length > few);
    await page.getByLabel("Reach").selectOption({ label: "two links" });
    await until(() => search(page).includes("depth=2"));
    await ready(page);
    assert.ok((await listed(page, "person")).length > 0);
  },
);

visit("returns, recasts and several parts are marked", "/explore?show=star-trek-picard", {}, async (page) => {
  const entry = page.locator(".entries > li", { has: page.getByRole("link", { name: "Guinan" }) });
  assert.deepEqual(await entry.locator(".badge").allInnerTexts(), ["Recast", "Returns"]);
  assert.equal(await node(page, "Guinan").getAttribute("aria-label"), "Guinan, character, Recast, Returns");
  assert.equal(
    await page.locator(".nodes a.recast.return .mark").count(),
    await page.locator(".nodes a.recast.return").count(),
  );
  assert.ok((await page.locator(".links .return").count()) > 3);
  await page.goto(`${browser.origin}/explore?person=brent-spiner`);
  await ready(page);
  assert.deepEqual(await page.locator(".head .badge").allInnerTexts(), ["Several parts"]);
  assert.equal(await page.locator(".nodes .multiple_roles .moon").count(), 3);
});

visit(
  "the drawing is enlarged, and labels that had no room appear",
  "/explore?show=star-trek-picard&depth=2&nodes=150",
  {},
  async (page) => {
    const crowded = () => page.locator(".nodes .crowded").count();
    const before = await crowded();
    assert.ok(before > 0);
    for (let times = 0; times < 4; times += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    await until(async () => (await crowded()) < before / 2, crowded);
    await page.getByRole("button", { name: "Show all" }).click();
    await until(async () => (await crowded()) === before, crowded);
  },
);

visit(
  "somebody unknown is told, and the search goes on",
  "/explore?person=nobody-at-all",
  {},
  async (page) => {
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    await picture(page, "unknown");
    await page.getByRole("link", { name: "Start over" }).click();
    await page.locator(".hero").waitFor();
  },
);

visit("what fails can be tried again", "/explore", {}, async (page) => {
  await page.route("**/graphql?*", (route) =>
    route.fulfill({ status: 200, contentType: "text/html", body: "no" }),
  );
  await page.locator(".beginnings a").first().click();
  await page.getByRole("heading", { name: "Something went wrong" }).waitFor();
  await page.unroute("**/graphql?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".nodes a").first().waitFor();
});

visit(
  "only names of documents are sent, and caches are asked first",
  "/explore?person=brent-spiner",
  {},
  async (page) => {
    const asked = [];
    page.on("response", (response) => {
      if (new URL(response.url()).pathname === "/graphql") asked.push(response);
    });
    await page.reload();
    await ready(page);
    assert.ok(asked.length > 0);
    for (const response of asked) {
      assert.equal(response.request().method(), "GET");
      const parameters = new URL(response.url()).searchParams;
      assert.match(JSON.parse(parameters.get("extensions")).persistedQuery.sha256Hash, /^[0-9a-f]{64}$/);
      assert.equal(parameters.get("query"), null, "the server knows the document from the first visit");
      assert.ok(response.headers().etag);
    }
  },
);

visit("the page is small", "/explore", {}, async (page) => {
  const sizes = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/assets/"))
      .map(({ name, decodedBodySize }) => [name, decodedBodySize]),
  );
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  assert.ok(total > 50_000 && total < 300_000, JSON.stringify(sizes));
});

visit(
  "those who want no motion get none",
  "/explore?person=brent-spiner",
  { reducedMotion: "reduce" },
  async (page) => {
    await page.evaluate(() => {
      window.moved = 0;
      new MutationObserver(() => (window.moved += 1)).observe(document.querySelector(".nodes"), {
        subtree: true,
        attributeFilter: ["opacity"],
      });
    });
    await node(page, "Lore").click();
    await seen(page, "Lore");
    assert.equal(await page.evaluate(() => window.moved), 0);
  },
);

visit("a phone has it all in one column", "/explore?person=brent-spiner", PHONE, async (page) => {
  for (const [name, path] of [
    ["phone-start", ""],
    ["phone", "?person=brent-spiner"],
    ["phone-way", "?person=whoopi-goldberg&to=chris-pine"],
  ]) {
    await page.goto(`${browser.origin}/explore${path}`);
    await ready(page);
    const { scroll, width } = await page.evaluate(() => ({
      scroll: document.documentElement.scrollWidth,
      width: innerWidth,
    }));
    assert.equal(scroll, width, `${path} is not wider than the screen`);
    assert.equal(width, 390);
    await picture(page, name);
  }
  const [chart, panel] = await Promise.all([
    page.locator(".chart").boundingBox(),
    page.locator("#panel").boundingBox(),
  ]);
  assert.ok(panel.y >= chart.y + chart.height - 1, "the list is below the drawing");
});

for (const [view, path] of [
  ["start", ""],
  ["around", "?show=star-trek-picard"],
  ["way", "?person=whoopi-goldberg&to=chris-pine"],
  ["error", "?person=nobody"],
]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, options] of [
      ["desktop", {}],
      ["phone", PHONE],
    ]) {
      visit(
        `axe finds no serious fault: ${view}, ${colorScheme}, ${size}`,
        `/explore${path}`,
        { colorScheme, ...options },
        async (page) => {
          await picture(page, `${view}-${colorScheme}-${size}`);
          // Colours are final once the fade-in animations have ended.
          await page.evaluate(() => {
            const ends = document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity);
            return Promise.allSettled(ends.map((one) => one.finished));
          });
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
          const described = serious.map(
            ({ id, nodes }) =>
              `${id}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message)}`).join("\n")}`,
          );
          assert.deepEqual(described, []);
        },
      );
    }
  }
}

visit("dark and light differ in their colours", "/explore", DARK, async (page) => {
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await paper();
  await page.emulateMedia({ colorScheme: "light" });
  assert.notEqual(await paper(), dark);
});

function visit(name, path, options, body) {
  browser.visit(name, path, { ready, ...options }, body);
}

/** Waits until the view is shown and nothing moves. */
async function ready(page) {
  await page.locator("main[data-view]:not([aria-busy])").waitFor();
  await page.locator("main:not(:has([data-moving]))").waitFor();
  await page.evaluate(() => document.fonts.ready);
}

async function seen(page, name) {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  await ready(page);
}

async function told(page, text) {
  const spoken = () => page.getByRole("status").innerText();
  await until(async () => text.test(await spoken()), spoken);
}

/** The sorted names of the nodes in the graph. */
async function drawn(page) {
  const labels = await page
    .locator(".nodes a")
    .evaluateAll((nodes) => nodes.map((node) => node.dataset.name));
  return labels.sort();
}

/** The sorted names in the list; all, or those of one kind. */
async function listed(page, kind) {
  const list = kind ? `.entries[data-kind="${kind}"]` : ".entries";
  const names = await page
    .locator(`${list} > li > a`)
    .evaluateAll((links) => links.map((link) => link.textContent));
  return names.sort();
}

function node(page, name) {
  return page.locator(`.nodes a[data-name="${name}"]`);
}

function search(page) {
  return new URL(page.url()).search;
}

async function picture(page, name) {
  if (!SCREENSHOTS) return;
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
}
