import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "monaco-graphql/esm/graphql.worker.js?worker";

// A language's worker is Monaco's plain one with the language added, so JSON's serves for both.
globalThis.MonacoEnvironment = {
  getWorker: (_id, language) => (language === "graphql" ? new GraphQLWorker() : new JsonWorker()),
};
