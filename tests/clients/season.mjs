// What a page of a season asks for, and what its answers must say, whatever the client.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";

export const slug = "star-trek-picard-s02";

/** Objects within objects, a fragment that is spread twice, and fragments on the types behind an interface. */
export const page = `
  query Page($slug: String!, $ids: [ID!]!) {
    season(by: { slug: $slug }) {
      id
      number
      show { id title }
      cast(first: 3) { nodes { ...Played } }
      returns(first: 3, from: { slug: "star-trek-the-next-generation" }) {
        nodes { yearsAway earlierCredits(first: 1) { nodes { ...Played } } }
      }
    }
    nodes(ids: $ids) {
      __typename
      id
      ... on Person { name born }
      ... on Character { name species }
    }
  }

  fragment Played on Credit {
    id
    person { id name }
    character { id name }
  }
`;

/** The ids that `page` asks for. */
export const ids = `
  query Ids {
    person(by: { slug: "patrick-stewart" }) { id }
    character(by: { slug: "borg-queen" }) { id }
  }
`;

/** Checks the answer to `page`. */
export function checkPage({ season, nodes }, [person, character]) {
  assert.equal(season.number, 2);
  assert.equal(season.show.title, "Star Trek: Picard");
  const [picard] = season.cast.nodes;
  assert.equal(picard.person.name, "Patrick Stewart");
  assert.equal(picard.person.id, person);
  assert.equal(picard.character.name, "Jean-Luc Picard");
  const [back] = season.returns.nodes;
  assert.equal(back.yearsAway, 27);
  assert.equal(back.earlierCredits.nodes[0].character.id, picard.character.id);
  assert.deepEqual(
    nodes.map(({ __typename, id, name }) => [__typename, id, name]),
    [
      ["Person", person, "Patrick Stewart"],
      ["Character", character, "Borg Queen"],
    ],
  );
}

/** One page of the cast. */
export const cast = `
  query Cast($slug: String!, $after: String) {
    season(by: { slug: $slug }) {
      id
      cast(first: 5, after: $after) {
        totalCount
        edges { cursor node { id } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
`;

/** Checks that the edges of all pages are the whole cast, none of it twice. */
export function checkCast(edges, totalCount) {
  assert.ok(totalCount > 5, "a cast on one page shows nothing");
  assert.equal(edges.length, totalCount);
  assert.equal(new Set(edges.map(({ node }) => node.id)).size, totalCount);
}

/** Faults and the codes that tell them. */
export const faults = [
  { code: "VALIDATION", query: `{ season(by: { slug: "${slug}" }) { id nothing } }` },
  { code: "BAD_INPUT", query: `{ node(id: "nothing") { id } }` },
  { code: "NOT_FOUND", query: `{ season(by: { slug: "${slug}" }) { id returns(from: { slug: "nothing" }) { totalCount } } }` },
  { code: "LIMIT_EXCEEDED", query: `{ season(by: { slug: "${slug}" }) { id cast(first: 101) { totalCount } } }` },
];

/** A document that no server has seen, so that each run begins anew. */
export function unseen() {
  const name = `Unseen${randomUUID().replaceAll("-", "")}`;
  return `query ${name} { season(by: { slug: "${slug}" }) { id number } }`;
}

export function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
