// Manifests of trusted documents, as the tools of front-ends make them.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ApolloClient, ApolloLink, InMemoryCache } from "@apollo/client";
import { sortTopLevelDefinitions } from "@apollo/persisted-query-lists";
import { codegen } from "@graphql-codegen/core";
import { preset } from "@graphql-codegen/client-preset";
import { buildSchema, parse, print } from "graphql";
import { of } from "rxjs";
import typescript from "typescript";
import { sha256 } from "./season.mjs";

const sdl = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

/** What the client preset of GraphQL Code Generator makes of `texts`: the manifest, and the module with the documents. */
export async function generated(texts) {
  const folder = mkdtempSync(join(tmpdir(), "castgraph-codegen-"));
  const sections = await preset.buildGeneratesSection({
    baseOutputDir: `${folder}/`,
    schema: parse(sdl),
    schemaAst: buildSchema(sdl),
    documents: texts.map((text, at) => ({ location: `${at}.graphql`, document: parse(text), rawSDL: text })),
    config: { scalars: { Date: "string" } },
    presetConfig: { persistedDocuments: true, fragmentMasking: false },
    plugins: [],
    pluginMap: {},
  });
  // All at once: the manifest waits for the documents.
  await Promise.all(sections.map(async (section) => writeFileSync(section.filename, await codegen(section))));
  const source = readFileSync(join(folder, "graphql.ts"), "utf8");
  const options = { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 };
  const module = join(folder, "graphql.mjs");
  writeFileSync(module, typescript.transpileModule(source, { compilerOptions: options }).outputText);
  return { file: join(folder, "persisted-documents.json"), documents: await import(pathToFileURL(module)) };
}

/**
 * The manifest of `texts` that Apollo's `generate-persisted-query-manifest` writes, made in the way of that tool: an
 * Apollo Client is asked for each, and what it would send is noted. The tool itself would bring 90 packages.
 */
export async function apolloManifest(texts) {
  const operations = [];
  const link = new ApolloLink(({ query, operationName }) => {
    const body = print(sortTopLevelDefinitions(query));
    operations.push({ id: sha256(body), name: operationName, type: "query", body });
    return of({ data: null });
  });
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  for (const text of texts) await client.query({ query: parse(text), fetchPolicy: "no-cache" });
  const file = join(mkdtempSync(join(tmpdir(), "castgraph-apollo-")), "persisted-query-manifest.json");
  writeFileSync(file, JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations }, null, 2));
  return file;
}
