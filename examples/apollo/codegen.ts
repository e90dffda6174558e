import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/**/*.tsx"],
  generates: {
    "src/gql/": {
      preset: "client",
      config: {
        strictScalars: true,
        scalars: { BigInt: "number", CountryCode: "string", Date: "string", DateTime: "string", PartialDate: "string" },
        useTypeImports: true,
      },
    },
  },
};

export default config;
