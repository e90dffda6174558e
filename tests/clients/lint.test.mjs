// Linters on the schema as clients see it: printed by graphql-js from introspection.
// CASTGRAPH_TEST_URL is the address of a running server.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import eslintPlugin from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { buildClientSchema, getIntrospectionQuery, isObjectType, printSchema } from "graphql";

const here = fileURLToPath(new URL(".", import.meta.url));
const server = process.env.CASTGRAPH_TEST_URL;
assert.ok(server, "set CASTGRAPH_TEST_URL to the address of a running castgraph, such as http://127.0.0.1:8080");

let schema, sdl;
before(async () => {
  const query = getIntrospectionQuery({ specifiedByUrl: true, oneOf: true, inputValueDeprecation: true, schemaDescription: true });
  const response = await fetch(new URL("/graphql", server), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  schema = buildClientSchema((await response.json()).data);
  sdl = printSchema(schema);
});

// Names that begin with the name of their type but say more than the rest of the name would.
const names = new Set([
  // Another type has the shorter name for something else, and one name has one meaning.
  "Funding.fundingKind",
  "Media.mediaKind",
  "Platform.platformKind",
  "Source.sourceKind",
  "Territory.territoryKind",
  // Whole words that begin like the type: a changeset is no part of a change.
  "Change.changeset",
  "Claim.claimedOn",
  "Claim.claimedOnSpan",
  "Credit.creditedAs",
  "Return.returnedOn",
  "Return.returnedOnSpan",
  // The distance itself, beside the number of people at that distance.
  "Degree.degree",
]);

/** Objects without a row of their own have no id: pages of lists, and what is computed from other objects. */
function withoutId() {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  return types.filter((type) => !type.name.startsWith("__") && !type.getFields().id).map(({ name }) => name);
}

test("graphql-eslint finds nothing: schema-recommended and Relay", async () => {
  const folder = mkdtempSync(join(tmpdir(), "castgraph-lint-"));
  const file = join(folder, "schema.graphql");
  writeFileSync(file, sdl);
  const { "flat/schema-recommended": recommended, "flat/schema-relay": relay } = eslintPlugin.configs;
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ["*.graphql"],
        languageOptions: { parser: eslintPlugin.parser, parserOptions: { graphQLConfig: { schema: file } } },
        plugins: { "@graphql-eslint": eslintPlugin },
        rules: {
          ...recommended.rules,
          ...relay.rules,
          "@graphql-eslint/strict-id-in-types": [
            "error",
            { acceptedIdNames: ["id"], acceptedIdTypes: ["ID"], exceptions: { types: withoutId() } },
          ],
          "@graphql-eslint/relay-edge-types": [
            "error",
            {
              withEdgeSuffix: true,
              // A derived row, such as a return, has no id and so is no Node.
              shouldImplementNode: false,
              // Connections have `nodes` beside `edges`, as GitHub's have, and short lists are lists.
              listTypeCanWrapOnlyEdgeType: false,
            },
          ],
        },
      },
    ],
  });
  const [{ messages }] = await eslint.lintFiles(["schema.graphql"]);
  const field = ({ message }) => message.match(/^Field "(\w+)" starts with the name of the parent type "(\w+)"/);
  const known = (message) => names.has(`${field(message)?.[2]}.${field(message)?.[1]}`);
  // A feed only goes forwards.
  const forwards = ({ message }) => /^Field `changes` must contain an argument `(last|before)`/.test(message);
  const found = messages.filter((message) => !known(message) && !forwards(message));
  assert.deepEqual(found.map(({ line, message }) => `${line}: ${message}`), []);
  assert.equal(messages.length, names.size + 2, "each exception is needed");
  assert.ok(!schema.getSubscriptionType().getFields().changes.args.some(({ name }) => name === "before"));
  assert.ok(withoutId().every((name) => !schema.getType(name).getInterfaces().some(({ name }) => name === "Node")));
});

test("graphql-schema-linter finds nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "castgraph-lint-"));
  writeFileSync(join(folder, "schema.graphql"), sdl);
  const linter = join(here, "node_modules/graphql-schema-linter");
  const all = readdirSync(join(linter, "lib/rules")).map((file) => file.replace(/\.js$/, "").replaceAll("_", "-"));
  // Fields and values are in the order in which people read them, the most important first.
  const rules = all.filter((rule) => !rule.endsWith("-sorted-alphabetically"));
  assert.equal(all.length - rules.length, 4);
  assert.ok(rules.length > 10, rules.join());
  const options = ["--format=json", `--rules=${rules.join(",")}`, join(folder, "schema.graphql")];
  const { status, stdout } = spawnSync(process.execPath, [join(linter, "lib/cli.js"), ...options], { encoding: "utf8" });
  assert.deepEqual(JSON.parse(stdout).errors, []);
  assert.equal(status, 0);
});
