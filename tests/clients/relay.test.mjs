// Relay's compiler and runtime on a running server: fragments, all pages of a connection, refetching by id, errors.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compile, environment, readSeason } from "./relay.mjs";
import { checkCast, ids, slug } from "./season.mjs";
import { post, running } from "./server.mjs";

const url = running();

test("the Relay compiler takes fragments, pagination in both directions, and refetching by id", () => {
  const artifacts = compile("typescript");
  for (const name of ["seasonPageQuery", "season_cast", "season_castRefetchQuery"]) {
    const file = join(artifacts, `${name}.graphql.ts`);
    assert.ok(existsSync(file), file);
  }
});

test("Relay reads fragments and all pages of a connection", async () => {
  const { data } = await post(url, { query: ids });
  const relay = environment(url);
  const { node, season, credits } = await readSeason(relay.environment, compile("javascript"), { slug, id: data.person.id });
  assert.deepEqual([node.__typename, node.id, node.name], ["Person", data.person.id, "Patrick Stewart"]);
  assert.equal(season.number, 2);
  checkCast(season.cast.edges, season.cast.totalCount);
  assert.deepEqual([credits[0].person.name, credits[0].character.name], ["Patrick Stewart", "Jean-Luc Picard"]);
  assert.equal(relay.exchanges.length, Math.ceil(season.cast.totalCount / 10));
  assert.deepEqual(new Set(relay.exchanges), new Set(["POST document: 200"]));
});

test("Relay is told of a variable that is missing", async () => {
  const relay = environment(url);
  await assert.rejects(readSeason(relay.environment, compile("javascript"), { slug }), ({ source }) => {
    assert.deepEqual(source.errors.map(({ extensions }) => extensions.code), ["BAD_INPUT"]);
    return true;
  });
  assert.deepEqual(relay.exchanges, ["POST document: 400"]);
});
