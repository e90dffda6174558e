import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, stripIgnoredCharacters } from "graphql";
import { defineConfig } from "vite";

const source = (name) => fileURLToPath(new URL(`src/${name}`, import.meta.url));

// Vite's licence list omits style sheets and workers.
const licensesOf = (...packages) => ({
  name: "licenses",
  generateBundle() {
    for (const name of packages) {
      const license = readFileSync(new URL(`node_modules/${name}/LICENSE`, import.meta.url));
      const fileName = `licenses/${name.replace("@", "").replace("/", "-")}.txt`;
      this.emitFile({ type: "asset", fileName, source: license });
    }
  },
});

/**
 * Replaces a document with its text and hash, so that the page can send the hash instead. The manifest of all documents
 * is for servers that only run trusted documents.
 */
const documents = () => {
  const manifest = new Map();
  return {
    name: "documents",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(".graphql")) return;
      parse(code);
      const text = stripIgnoredCharacters(code);
      const hash = createHash("sha256").update(text).digest("hex");
      manifest.set(hash, text);
      return { code: `export default ${JSON.stringify({ text, hash })};`, map: null, moduleType: "js" };
    },
    generateBundle() {
      const source = `${JSON.stringify(Object.fromEntries([...manifest].sort()), null, 2)}\n`;
      this.emitFile({ type: "asset", fileName: "explore.documents.json", source });
    },
  };
};

// Serves the page at the same path as the server does.
const explore = {
  name: "explore",
  configureServer({ middlewares }) {
    middlewares.use((request, _response, next) => {
      request.url = request.url.replace(/^\/(explore|schema)(?=\?|$)/, "/$1.html");
      next();
    });
  },
};

export default defineConfig({
  plugins: [
    licensesOf(
      "@fontsource/fira-code",
      "@fontsource/instrument-sans",
      "@fontsource/newsreader",
      "@fontsource/roboto",
      "picomatch-browser",
    ),
    documents(),
    explore,
  ],
  resolve: {
    // Smaller replacements for parts of GraphiQL. Each file explains its replacement.
    alias: {
      "monaco-editor/esm/vs/editor/edcore.main.js": source("editor.js"),
      "prettier/parser-babel": source("jsonc.js"),
      "prettier/plugins/estree": source("jsonc.js"),
      // One module with two names, which would otherwise be bundled twice.
      "prettier/parser-graphql": "prettier/plugins/graphql",
    },
  },
  build: {
    // The page's policy is 'self', so every asset must be a file and not a data: URL.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["index.html", "explore.html", "schema.html"],
      // Directives such as React's "use client" have no effect here, and there are hundreds of them.
      onLog(level, log, handler) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  server: { proxy: { "/graphql": process.env.CASTGRAPH_TEST_URL ?? "http://127.0.0.1:8080" } },
  worker: { format: "es" },
});
