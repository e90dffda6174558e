// Must precede GraphiQL: Monaco starts its workers as soon as it is loaded.
import "./workers.js";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { QUESTIONS } from "./questions.jsx";

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

// File names define the order: the keys of a glob are sorted.
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
