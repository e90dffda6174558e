// Must precede GraphiQL: Monaco starts its workers as soon as it is loaded.
import "./workers.js";

import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { createRoot } from "react-dom/client";
import { keepAccessible } from "./accessible.js";
import { keepInAddress, sent } from "./address.js";
import { examples } from "./examples.js";
import { QUESTIONS } from "./questions.jsx";

const socket = new URL("/graphql", location.href);
socket.protocol = socket.protocol.replace("http", "ws");
const fetcher = createGraphiQLFetcher({ url: "/graphql", subscriptionUrl: socket.href });
const address = keepInAddress(sent);

const page = document.getElementById("page");
keepAccessible(page);
createRoot(page).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={(await examples()).map((query) => ({ query }))}
    initialQuery={sent.query}
    initialVariables={sent.variables}
    operationName={sent.operationName}
    onEditQuery={(query) => address.change({ query })}
    onEditVariables={(variables) => address.change({ variables })}
    onEditOperationName={(operationName) => address.change({ operationName })}
    onTabChange={({ tabs, activeTabIndex }) => {
      const { query, variables, operationName } = tabs[activeTabIndex];
      address.change({ query, variables, operationName });
    }}
    plugins={[explorerPlugin({ showAttribution: false }), QUESTIONS, HISTORY_PLUGIN]}
  >
    <GraphiQL.Logo>
      castgraph <a className="explore" href="/explore">Explore</a>{" "}
      <a className="explore" href="/schema">Schema</a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
