import { transformAsync } from "@babel/core";
import { defineConfig } from "vite";

// Relay's Babel plugin replaces graphql`…` with the compiled artifact.
export default defineConfig({
  plugins: [
    {
      name: "relay",
      enforce: "pre",
      async transform(code, id) {
        if (!id.endsWith(".tsx") || !code.includes("graphql`")) return;
        const result = await transformAsync(code, {
          filename: id,
          plugins: [["relay", { eagerEsModules: true }]],
          parserOpts: { plugins: ["typescript", "jsx"] },
          sourceMaps: true,
        });
        return result?.code ? { code: result.code, map: result.map } : undefined;
      },
    },
  ],
});
