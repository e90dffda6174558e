// The tools of front-end developers on castgraph's schema: graphql-js, GraphQL Code Generator.
// CASTGRAPH_TEST_URL is the address of a running server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from "graphql";
import { serverAudits } from "graphql-http";

const server = process.env.CASTGRAPH_TEST_URL;
assert.ok(server, "set CASTGRAPH_TEST_URL to the address of a running castgraph, such as http://127.0.0.1:8080");

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const sdl = readFileSync(join(root, "schema.graphql"), "utf8");
const schema = buildSchema(sdl);
const examples = ["pages/examples", "tests/castgraph/cases"]
  .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(root, folder, file)))
  .filter((file) => file.endsWith(".graphql"))
  .map((file) => ({ location: file, document: parse(readFileSync(file, "utf8")) }));

async function ask(query, variables) {
  const response = await fetch(new URL("/graphql", server), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}

// https://github.com/graphql/graphql-http#readme: every MUST, SHOULD and MAY of GraphQL over HTTP.
for (const audit of serverAudits({ url: new URL("/graphql", server).href })) {
  test(`GraphQL over HTTP: ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", result.reason);
  });
}

test("graphql-js finds nothing wrong with the schema", () => {
  assert.deepEqual(validateSchema(schema), []);
});

test("introspection gives the same schema as schema.graphql", async () => {
  const query = getIntrospectionQuery({ specifiedByUrl: true, oneOf: true, inputValueDeprecation: true, schemaDescription: true });
  const client = buildClientSchema(await ask(query));
  assert.deepEqual(validateSchema(client), []);
  const print = (schema) => printSchema(lexicographicSortSchema(schema));
  assert.equal(print(client), print(schema));
});

test("graphql-js finds nothing wrong with the examples", () => {
  assert.ok(examples.length > 10);
  for (const { location, document } of examples) {
    assert.deepEqual(validate(schema, document), [], location);
  }
});

test("GraphQL Code Generator makes types that TypeScript takes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "castgraph-codegen-"));
  const options = { schema: parse(sdl), config: { scalars: { BigInt: "number", CountryCode: "string", Date: "string", DateTime: "string", PartialDate: "string" }, strictScalars: true } };
  const files = {
    "schema.ts": { documents: [], plugins: [{ typescript: {} }], pluginMap: { typescript } },
    "operations.ts": { documents: examples, plugins: [{ operations: {} }], pluginMap: { operations } },
  };
  const paths = [];
  for (const [name, file] of Object.entries(files)) {
    const filename = join(folder, name);
    writeFileSync(filename, await codegen({ ...options, ...file, filename }));
    paths.push(filename);
  }
  assert.match(readFileSync(paths[0], "utf8"), /export type Season = /);
  assert.match(readFileSync(paths[1], "utf8"), /export type WhoCameBackQuery = /);
  execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", ...paths], {
    stdio: "pipe",
  });
});
