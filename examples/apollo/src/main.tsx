import { ApolloClient, ApolloProvider, HttpLink, InMemoryCache } from "./apollo";
import { createRoot } from "react-dom/client";
import { Returns } from "./Returns";

const server: string = import.meta.env.VITE_CASTGRAPH ?? "http://127.0.0.1:8080";
const client = new ApolloClient({
  link: new HttpLink({ uri: new URL("/graphql", server).href }),
  cache: new InMemoryCache(),
});

createRoot(document.getElementById("root")!).render(
  <ApolloProvider client={client}>
    <Returns />
  </ApolloProvider>,
);
