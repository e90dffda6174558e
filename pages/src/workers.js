import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "monaco-graphql/esm/graphql.worker.js?worker";

// A language worker is Monaco's plain worker plus the language, so the JSON worker serves as both.
globalThis.MonacoEnvironment = {
  getWorker: (_id, language) => (language === "graphql" ? new GraphQLWorker() : new JsonWorker()),
};
