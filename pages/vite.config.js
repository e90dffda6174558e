import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, stripIgnoredCharacters } from "graphql";
import { defineConfig } from "vite";

const source = (name) => fileURLToPath(new URL(`src/${name}`, import.meta.url));

// Vite's list of licences sees neither style sheets nor workers.
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
 * A document becomes its text and its hash, so that the page can name it instead of sending it. The manifest of all
 * is for servers that run trusted documents only.
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

// As the server names the page.
const explore = {
  name: "explore",
  configureServer({ middlewares }) {
    middlewares.use((request, _response, next) => {
      request.url = request.url.replace(/^\/explore(?=\?|$)/, "/explore.html");
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
    // What GraphiQL would bring along, made smaller. Each file says how.
    alias: {
      "monaco-editor/esm/vs/editor/edcore.main.js": source("editor.js"),
      "prettier/parser-babel": source("jsonc.js"),
      "prettier/plugins/estree": source("jsonc.js"),
      // One module under two names, which would be bundled twice.
      "prettier/parser-graphql": "prettier/plugins/graphql",
    },
  },
  build: {
    // The page runs under a policy of 'self': every asset is a file, none is a data: URL.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    license: { fileName: "licenses.md" },
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["index.html", "explore.html"],
      // React's "use client" and the like mean nothing here, and there are hundreds of them.
      onLog(level, log, handler) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  server: { proxy: { "/graphql": process.env.CASTGRAPH_TEST_URL ?? "http://127.0.0.1:8080" } },
  worker: { format: "es" },
});
