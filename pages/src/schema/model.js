// The schema as a graph, from the answer to an introspection query. Pure.

/** What the page asks for. */
export const QUERY = `query Schema { __schema { queryType { name } types {
  kind name description
  fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { name description type { ...T } } type { ...T } }
  inputFields { name description type { ...T } }
  enumValues(includeDeprecated: true) { name description isDeprecated }
  possibleTypes { name } interfaces { name }
} } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
  ofType { kind name } } } } } }`;

/** The named type within lists and non-null marks. */
export function inner(type) {
  return type.ofType ? inner(type.ofType) : type;
}

/** A type as it is written in a schema: `[Show!]!`. */
export function written(type) {
  if (type.kind === "NON_NULL") return `${written(type.ofType)}!`;
  if (type.kind === "LIST") return `[${written(type.ofType)}]`;
  return type.name;
}

/** The types by name, without those of introspection. */
export function typesOf(schema) {
  return new Map(schema.types.filter(({ name }) => !name.startsWith("__")).map((type) => [type.name, type]));
}

/** What a connection lists: the type of its nodes. Other types lead to themselves. */
export function beyond(types, name) {
  const nodes = types.get(name)?.fields?.find((field) => field.name === "nodes");
  return name.endsWith("Connection") && nodes ? inner(nodes.type).name : name;
}

/** The types that a type leads to, each with the fields that lead there. Connections are passed over. */
export function leadsTo(types, name) {
  const found = new Map();
  const add = (to, by) => {
    if (to !== name) found.set(to, [...(found.get(to) ?? []), by]);
  };
  const type = types.get(name);
  for (const field of type?.fields ?? []) {
    const to = beyond(types, inner(field.type).name);
    if (["OBJECT", "INTERFACE", "UNION"].includes(types.get(to)?.kind) && to !== "PageInfo") add(to, field.name);
  }
  for (const { name: to } of type?.possibleTypes ?? []) add(to, "is a");
  return found;
}

/** The graph around a type: the types that it leads to and those that lead to it. */
export function around(types, name) {
  const links = [...leadsTo(types, name)].map(([to, by]) => ({ source: name, target: to, by }));
  for (const [from, { kind }] of types) {
    if (from === name || from.endsWith("Connection") || from.endsWith("Edge") || kind === "INPUT_OBJECT") continue;
    const by = leadsTo(types, from).get(name);
    if (by) links.push({ source: from, target: name, by });
  }
  const names = new Set([name, ...links.flatMap(({ source, target }) => [source, target])]);
  return { nodes: [...names].map((id) => ({ id, kind: types.get(id).kind })), links };
}
