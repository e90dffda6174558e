import { Suspense } from "react";
import { createRoot } from "react-dom/client";
import { RelayEnvironmentProvider } from "react-relay";
import { Environment, Network, type FetchFunction } from "relay-runtime";
import { Season } from "./Season";

const server: string = import.meta.env.VITE_CASTGRAPH ?? "http://127.0.0.1:8080";

const ask: FetchFunction = async ({ text }, variables) => {
  const response = await fetch(new URL("/graphql", server), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: text, variables }),
  });
  return response.json();
};

const environment = new Environment({ network: Network.create(ask) });

createRoot(document.getElementById("root")!).render(
  <RelayEnvironmentProvider environment={environment}>
    <Suspense fallback={<p>Loading …</p>}>
      <Season slug="star-trek-picard-s02" />
    </Suspense>
  </RelayEnvironmentProvider>,
);
