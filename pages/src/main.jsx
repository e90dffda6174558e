// Before GraphiQL: Monaco asks for its workers as soon as it starts.
import "./workers.js";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { QUESTIONS } from "./questions.jsx";

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

// File names carry the order: a glob's keys come sorted.
const examples = import.meta.glob("../examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const defaultTabs = Object.values(examples).map((query) => ({ query }));

createRoot(document.getElementById("page")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={defaultTabs} plugins={[QUESTIONS, HISTORY_PLUGIN]}>
    <GraphiQL.Logo>
      castgraph <a className="explore" href="/explore">Explore</a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
