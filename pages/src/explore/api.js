import neighbourhoodDocument from "./documents/neighbourhood.graphql";
import searchDocument from "./documents/search.graphql";
import seasonsDocument from "./documents/seasons.graphql";
import startDocument from "./documents/start.graphql";
import waysDocument from "./documents/ways.graphql";

/** An error returned by the API. */
export class ApiError extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export const askNeighbourhood = (variables, signal) => ask(neighbourhoodDocument, variables, signal);
export const askSearch = (variables, signal) => ask(searchDocument, variables, signal);
export const askSeasons = (variables, signal) => ask(seasonsDocument, variables, signal);
export const askStart = (signal) => ask(startDocument, {}, signal);
export const askWays = (variables, signal) => ask(waysDocument, variables, signal);

/**
 * Sends a GET request with the hash of a persisted document, so that caches can store the answer. Sends the text of the
 * document once, if the server does not have it.
 */
async function ask({ text, hash }, variables, signal) {
  const parameters = {
    variables: JSON.stringify(variables),
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } }),
  };
  const answer = await get(parameters, signal);
  const code = answer.errors?.[0]?.extensions?.code;
  if (code === "PERSISTED_QUERY_NOT_FOUND") return data(await get({ query: text, ...parameters }, signal));
  if (code === "PERSISTED_QUERY_NOT_SUPPORTED")
    return data(await get({ query: text, variables: parameters.variables }, signal));
  return data(answer);
}

async function get(parameters, signal) {
  const response = await fetch(`/graphql?${new URLSearchParams(parameters)}`, {
    headers: { accept: "application/json" },
    signal,
  });
  const isJson = response.headers.get("content-type")?.includes("json");
  if (!isJson) throw new ApiError(`the server returned status ${response.status}`);
  return response.json();
}

function data(answer) {
  const error = answer.errors?.[0];
  if (error) throw new ApiError(error.message, error.extensions?.code);
  return answer.data;
}
