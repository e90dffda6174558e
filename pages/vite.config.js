import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
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

export default defineConfig({
  plugins: [licensesOf("@fontsource/fira-code", "@fontsource/roboto", "picomatch-browser")],
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
    // React's "use client" and the like mean nothing here, and there are hundreds of them.
    rolldownOptions: {
      onLog(level, log, handler) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handler(level, log);
      },
    },
  },
  worker: { format: "es" },
});
