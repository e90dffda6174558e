export { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
export { ApolloProvider, useQuery } from "@apollo/client/react";
