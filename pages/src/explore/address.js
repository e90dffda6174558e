// The address contains the whole view, so that people can share it and use the browser's back button.

export const KINDS = ["person", "character", "show"];
export const SCOPES = ["EPISODE", "SEASON", "SHOW"];

/** The default reach of the graph: to the roles of a person, the cast of a character or a show. */
const DEPTHS = { person: 2, character: 1, show: 1 };
export const MOST_NODES = 200;

/** Parses an address. Ignores unknown parts. */
export function read(search) {
  const parameters = new URLSearchParams(search);
  const kind = KINDS.find((kind) => parameters.get(kind));
  if (!kind) return {};
  const view = { kind, slug: parameters.get(kind) };
  if (kind === "person" && parameters.get("to")) {
    view.to = parameters.get("to");
    view.way = within(parameters.get("way"), 1, 5, 1);
    view.scope = SCOPES.find((scope) => scope === parameters.get("sharing")?.toUpperCase()) ?? "EPISODE";
    view.crew = parameters.has("crew");
    return view;
  }
  view.depth = within(parameters.get("depth"), 1, 3, DEPTHS[kind]);
  view.nodes = within(parameters.get("nodes"), 1, MOST_NODES, 40);
  view.show = kind === "show" ? null : parameters.get("in");
  view.season = kind === "show" || view.show ? parameters.get("season") : null;
  return view;
}

/** Returns the address of a view, without default values. */
export function write(view) {
  if (!view.kind) return "/explore";
  const parameters = new URLSearchParams({ [view.kind]: view.slug });
  const add = (name, value, usual) => {
    if (value && value !== usual) parameters.set(name, value);
  };
  add("to", view.to);
  add("way", view.way, 1);
  add("sharing", view.scope?.toLowerCase(), "episode");
  if (view.crew) parameters.set("crew", "");
  add("depth", view.depth, DEPTHS[view.kind]);
  add("nodes", view.nodes, 40);
  add("in", view.show);
  add("season", view.season);
  return `/explore?${parameters}`.replace(/=(?=&|$)/g, "");
}

function within(text, least, most, usual) {
  const number = Number.parseInt(text, 10);
  return number >= least && number <= most ? number : usual;
}
