import neighbourhoodDocument from "./documents/neighbourhood.graphql";
import searchDocument from "./documents/search.graphql";
import seasonsDocument from "./documents/seasons.graphql";
import startDocument from "./documents/start.graphql";
import waysDocument from "./documents/ways.graphql";

/** What the API answered instead of data. */
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
 * Asks by GET and by the name of a persisted document, so that caches can keep the answer. A server that does not
 * know the document yet is sent its text, once.
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
  if (!isJson) throw new ApiError(`The server answered with status ${response.status}.`);
  return response.json();
}

function data(answer) {
  const error = answer.errors?.[0];
  if (error) throw new ApiError(error.message, error.extensions?.code);
  return answer.data;
}
