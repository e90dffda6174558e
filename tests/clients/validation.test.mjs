// Documents that graphql-js takes or refuses: castgraph must judge each in the same way, before it runs anything.
// CASTGRAPH_TEST_URL is the address of a running server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { buildSchema, parse, validate } from "graphql";

const server = process.env.CASTGRAPH_TEST_URL;
assert.ok(server, "set CASTGRAPH_TEST_URL to the address of a running castgraph, such as http://127.0.0.1:8080");

const schema = buildSchema(readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
const slug = `(by: {slug: "star-trek-picard"})`;

const documents = [
  // __typename
  `{ __typename }`,
  `{ __typename { a } }`,
  `{ __typename(a: 1) }`,
  `{ __typename @unknown }`,
  `{ __typename @deprecated }`,
  `{ __typename @skip }`,
  `{ __typename @skip(if: "yes") }`,
  `{ __typename @include(if: true) @include(if: true) }`,
  `{ __typename @include(if: true) @skip(if: false) }`,
  `query($x: Boolean!) { __typename @include(if: $x) }`,
  `query($x: Boolean!) { show${slug} { id __typename @skip(if: $x) } }`,
  `query($x: Boolean) { __typename @include(if: $x) }`,
  `query($x: Boolean = true) { __typename @include(if: $x) }`,
  `query($x: Int!) { __typename @include(if: $x) }`,
  `{ __typename @include(if: $x) }`,
  `{ a: __typename a: __typename }`,
  `{ a: __typename a: show${slug} { id } }`,
  `{ shows { __typename { a } nodes { __typename(a: 1) } } }`,
  `fragment F on Query { __typename @unknown } { ...F }`,
  // Variables
  `query($s: Int) { shows(first: $s) { totalCount } }`,
  `query($s: Int!) { shows(first: $s) { totalCount } }`,
  `query($s: String) { shows(first: $s) { totalCount } }`,
  `query($s: Int, $s: Int) { shows(first: $s) { totalCount } }`,
  `query($unused: Int) { __typename }`,
  `{ shows(first: $missing) { totalCount } }`,
  `query($id: ID) { node(id: $id) { id } }`,
  `query($id: ID!) { node(id: $id) { id } }`,
  `query($id: ID = "x") { node(id: $id) { id } }`,
  `query($id: String!) { node(id: $id) { id } }`,
  `query($id: ID = null) { node(id: $id) { id } }`,
  `query($id: ID! = null) { node(id: $id) { id } }`,
  `query($ids: [ID]!) { nodes(ids: $ids) { id } }`,
  `query($ids: [ID!]) { nodes(ids: $ids) { id } }`,
  `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`,
  `query($ids: [ID!] = []) { nodes(ids: $ids) { id } }`,
  `query($id: ID!) { nodes(ids: [$id]) { id } }`,
  `query($id: ID) { nodes(ids: [$id]) { id } }`,
  `query($id: ID!) { nodes(ids: $id) { id } }`,
  `query($s: String!) { show(by: {slug: $s}) { id } }`,
  `query($s: String) { show(by: {slug: $s}) { id } }`,
  `query($s: String = "x") { show(by: {slug: $s}) { id } }`,
  `query($by: ShowBy!) { show(by: $by) { id } }`,
  `query($by: ShowBy) { show(by: $by) { id } }`,
  `query($by: Show!) { show(by: $by) { id } }`,
  `query($by: Nothing!) { show(by: $by) { id } }`,
  `query($x: Boolean!) { show${slug} @skip(if: $x) { id } }`,
  `query($x: Boolean) { show${slug} @skip(if: $x) { id } }`,
  `query($x: Boolean = false) { show${slug} @skip(if: $x) { id } }`,
  `fragment F on Query { node(id: $id) { id } } query A($id: ID!) { ...F }`,
  `fragment F on Query { node(id: $id) { id } } query A($id: ID) { ...F }`,
  `fragment F on Query { node(id: $id) { id } } query A { ...F }`,
  `query($n: Int = "a") { shows(first: $n) { totalCount } }`,
  `query($n: Int = 3000000000) { shows(first: $n) { totalCount } }`,
  `query($n: Int @unknown) { shows(first: $n) { totalCount } }`,
  `query($n: Int @skip(if: true)) { shows(first: $n) { totalCount } }`,
  // Arguments and values
  `{ node(id: null) { id } }`,
  `{ node { id } }`,
  `{ node(id: 4) { id } }`,
  `{ node(id: 4.5) { id } }`,
  `{ node(id: "a", id: "b") { id } }`,
  `{ node(id: "a", other: 1) { id } }`,
  `{ shows(first: "3") { totalCount } }`,
  `{ shows(first: 3.0) { totalCount } }`,
  `{ shows(first: 2147483648) { totalCount } }`,
  `{ shows(first: -2147483648) { totalCount } }`,
  `{ shows(first: null) { totalCount } }`,
  `{ shows(filter: null) { totalCount } }`,
  `{ shows(filter: {}) { totalCount } }`,
  `{ shows(filter: {nothing: 1}) { totalCount } }`,
  `{ shows(filter: {format: SERIES}) { totalCount } }`,
  `{ shows(filter: {format: "SERIES"}) { totalCount } }`,
  `{ shows(filter: {format: NOTHING}) { totalCount } }`,
  `{ shows(filter: {format: SERIES, format: FILM}) { totalCount } }`,
  `{ shows(filter: [{format: SERIES}]) { totalCount } }`,
  `{ show(by: {}) { id } }`,
  `{ show(by: {slug: "a", id: "b"}) { id } }`,
  `{ show(by: {slug: null}) { id } }`,
  `{ show(by: null) { id } }`,
  `{ show { id } }`,
  `{ nodes(ids: []) { id } }`,
  `{ nodes(ids: "a") { id } }`,
  `{ nodes(ids: [null]) { id } }`,
  `{ nodes(ids: [["a"]]) { id } }`,
  // Fields and fragments
  `{ nothing }`,
  `{ shows }`,
  `{ shows { totalCount { a } } }`,
  `{ show${slug} { title: slug title } }`,
  `{ show${slug} { a: title a: title } }`,
  `{ show${slug} { a: cast(first: 1) { totalCount } a: cast(first: 2) { totalCount } } }`,
  `{ show${slug} { cast(first: 1) { totalCount } cast(first: 1) { totalCount } } }`,
  `{ node(id: "a") { ... on Show { x: title } ... on Person { x: name } } }`,
  `{ node(id: "a") { ... on Show { x: title } ... on Person { x: id } } }`,
  `{ node(id: "a") { ... on Show { x: seasons { totalCount } } ... on Person { x: name } } }`,
  `{ node(id: "a") { ... on Show { x: cast(first: 1) { totalCount } } ... on Person { x: credits(first: 2) { totalCount } } } }`,
  `{ node(id: "a") { ... on Nothing { id } } }`,
  `{ node(id: "a") { ... on Query { __typename } } }`,
  `{ node(id: "a") { ... on Date { __typename } } }`,
  `{ node(id: "a") { ... on PageInfo { hasNextPage } } }`,
  `{ show${slug} { ... on Node { id } } }`,
  `{ show${slug} { ... { id } } }`,
  `{ show${slug} { ... @include(if: true) { id } } }`,
  `{ show${slug} { ... @unknown { id } } }`,
  `{ ...F }`,
  `fragment F on Show { id } { __typename }`,
  `fragment F on Show { id } fragment F on Show { slug } { show${slug} { ...F } }`,
  `fragment F on Show { id ...F } { show${slug} { ...F } }`,
  `fragment F on Date { id } { show${slug} { ...F } }`,
  `fragment F on Person { id } { show${slug} { ...F } }`,
  `fragment F on Show @unknown { id } { show${slug} { ...F } }`,
  `{ show${slug} { ...F @unknown } } fragment F on Show { id }`,
  `{ show${slug} { id @deprecated } }`,
  `{ show${slug} { id @specifiedBy(url: "a") } }`,
  `{ show${slug} { id @skip } }`,
  `{ show${slug} { id @skip(if: true, other: 1) } }`,
  `{ show${slug} { id @skip(if: null) } }`,
  `{ show${slug} { id @skip(if: true) @skip(if: true) } }`,
  `query @skip(if: true) { __typename }`,
  // Operations
  `query A { __typename } query A { __typename }`,
  `query A { __typename } { __typename }`,
  `{ __typename } { __typename }`,

  `type A { a: Int }`,
  `{ __typename } type A { a: Int }`,
  `fragment F on Query { __typename }`,
  `{ __schema { queryType { name } } }`,
  `{ __type(name: "Show") { name } }`,
  `{ __type { name } }`,
  `{ __schema }`,
  `{ show${slug} { __schema { queryType { name } } } }`,
  // Syntax
  ``,
  `{ }`,
  `{ a: }`,
  `query { show(by: {slug: "\\uD83D\\uDE00"}) { id } }`,
  `query { show(by: {slug: "\\u{1F600}"}) { id } }`,
  `query { show(by: {slug: "\\uD83D"}) { id } }`,
  `query { show(by: {slug: "\\uDE00\\uD83D"}) { id } }`,
  `query { show(by: {slug: "\\x"}) { id } }`,
  `query { show(by: {slug: "a\nb"}) { id } }`,
  `query { show(by: {slug: """a\nb \\""" "c" """}) { id } }`,
  `{ shows(first: 01) { totalCount } }`,
  `{ shows(first: 1a) { totalCount } }`,
  `{ shows(first: +1) { totalCount } }`,
  `{ shows(first: 1.) { totalCount } }`,
  `{ show${slug} { id, , , title } }`,
  `\uFEFF{ __typename }`,
  `{ __typename } # a comment`,
  `{ __typename } \u0000`,
  `query($on: Int) { shows(first: $on) { totalCount } }`,
  `fragment on on Show { id } { __typename }`,
  `{ show${slug} { ...on } }`,
  `{ true: __typename null: __typename query: __typename }`,
];

// graphql-js 16 takes these, though the specification (5.8.5) does not: it means to refuse them, but does not see that a
// variable stands in a @oneOf object.
const stricter = new Set([
  `query($s: String) { show(by: {slug: $s}) { id } }`,
  `query($s: String = "x") { show(by: {slug: $s}) { id } }`,
]);

function valid(document) {
  if (stricter.has(document)) return false;
  try {
    return validate(schema, parse(document)).length === 0;
  } catch {
    return false;
  }
}

for (const document of documents) {
  test(`${stricter.has(document) ? "the specification" : "graphql-js"} ${valid(document) ? "takes" : "refuses"} ${JSON.stringify(document)}`, async () => {
    const response = await fetch(new URL("/graphql", server), {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: document }),
    });
    const { errors = [] } = await response.json();
    // What is wrong with the variables is no fault of the document.
    const faults = errors.filter(({ extensions }) => ["VALIDATION", "SYNTAX", "BAD_REQUEST"].includes(extensions.code));
    const about = faults.filter(({ message }) => !message.startsWith("Variable ") || !message.includes("is required"));
    assert.equal(about.length === 0, valid(document), JSON.stringify(errors));
    if (!valid(document)) assert.equal(response.status, 400, JSON.stringify(errors));
  });
}
