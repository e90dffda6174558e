// The query in the page's address, so that it can be sent to somebody: ?query=…&variables=…&operationName=…

const NAMES = ["query", "variables", "operationName"];

/** Longer addresses are cut by some programs, so a longer query stays out of the address. */
const LONGEST = 8_000;

/** What the address of the page holds. */
export const sent = read(location.search);

/** Reads the query of an address. */
export function read(search) {
  const given = new URLSearchParams(search);
  return Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? undefined]));
}

/** The address for a query; without one if it is too long. */
export function write(state) {
  const given = new URLSearchParams(NAMES.flatMap((name) => (state[name] ? [[name, state[name]]] : [])));
  const search = state.query ? `?${given}` : "";
  return search.length > LONGEST ? "" : search;
}

/** Keeps the address of the page up to date, from the first change that a visitor makes. */
export function keepInAddress(first) {
  const state = { ...first };
  let waiting;
  return {
    change(part) {
      Object.assign(state, part);
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        history.replaceState(null, "", `${location.pathname}${write(state)}${location.hash}`);
      }, 300);
    },
  };
}
