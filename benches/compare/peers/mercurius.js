// Mercurius over the same tables as a careful user would write it: one loader for each relation, each with one
// statement for a whole level, just-in-time compilation on, and no loader cache, which would serialise every parent.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const [url, port] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 8 });

const schema = `
  type Query {
    show(slug: String!): Show
    person(slug: String!): Person
    shows(first: Int!, after: String!): [Show!]!
    people(first: Int!, startsWith: String!): [Person!]!
  }
  type Show { id: ID! slug: String! title: String! seasons(first: Int!): [Season!]! }
  type Season { id: ID! number: Int! cast(first: Int!): [Credit!]! }
  type Credit { id: ID! person: Person! character: Character show: Show! season: Season }
  type Person { id: ID! name: String! credits(first: Int!): [Credit!]! creditCount: Int! }
  type Character { id: ID! name: String! credits(first: Int!): [Credit!]! }
`;

// The rows of a named statement, which the driver prepares once for each connection.
const rows = async (name, text, ...values) => (await pool.query({ name, text, values })).rows;

const resolvers = {
  Query: {
    show: async (_, { slug }) => (await rows("show", "SELECT id, slug, title FROM show WHERE slug = $1", slug))[0],
    person: async (_, { slug }) => (await rows("person", "SELECT id, name FROM person WHERE slug = $1", slug))[0],
    shows: (_, { first, after }) =>
      rows(
        "shows",
        `SELECT id, slug, title FROM show
         WHERE (title_key, id) > ((SELECT title_key FROM show WHERE id = $1::int), $1::int)
         ORDER BY title_key, id LIMIT $2`,
        after,
        first,
      ),
    people: (_, { first, startsWith }) =>
      rows(
        "people",
        `SELECT id, name FROM person WHERE name_key >= $1 AND name_key < $1 || U&'\\+10FFFF'
         ORDER BY name_key, id LIMIT $2`,
        startsWith,
        first,
      ),
  },
};

// Makes a loader: `load` reads all rows for the keys of a level, `pick` gives each parent its own.
const loader = (load, pick) => ({
  opts: { cache: false },
  loader: async (queries) => {
    const found = await load(queries);
    return queries.map((query) => pick(found, query));
  },
});

// Many rows for each parent, limited in the statement.
const list = (name, text) =>
  loader(
    async (queries) => {
      const ids = [...new Set(queries.map(({ obj }) => obj.id))];
      const groups = new Map(ids.map((id) => [id, []]));
      for (const row of await rows(name, text, ids, queries[0].params.first)) groups.get(row.parent).push(row);
      return groups;
    },
    (groups, { obj }) => groups.get(obj.id),
  );

// At most one row for each parent, by its key.
const one = (table, columns, key) =>
  loader(
    async (queries) => {
      const ids = [...new Set(queries.map(({ obj }) => obj[key]).filter((id) => id !== null))];
      if (ids.length === 0) return new Map();
      const text = `SELECT ${columns} FROM ${table} WHERE id = ANY($1::int[])`;
      return new Map((await rows(table + key, text, ids)).map((row) => [row.id, row]));
    },
    (found, { obj }) => found.get(obj[key]) ?? null,
  );

const CREDIT = "t.id, t.person_id, t.character_id, t.show_id, t.season_id";
const datedCredits = (name, key) =>
  list(
    name,
    `SELECT p.id AS parent, c.* FROM unnest($1::int[]) AS p(id), LATERAL (
       SELECT ${CREDIT} FROM credit AS t JOIN show AS w ON w.id = t.show_id LEFT JOIN season AS s ON s.id = t.season_id
       WHERE t.${key} = p.id ORDER BY coalesce(s.premiered_on, w.premiered_on), t.rank, t.id LIMIT $2) AS c`,
  );

const loaders = {
  Show: {
    seasons: list(
      "seasons",
      `SELECT p.id AS parent, c.* FROM unnest($1::int[]) AS p(id), LATERAL (
         SELECT t.id, t.number FROM season AS t WHERE t.show_id = p.id ORDER BY t.number LIMIT $2) AS c`,
    ),
  },
  Season: {
    cast: list(
      "cast",
      `SELECT p.id AS parent, c.* FROM unnest($1::int[]) AS p(id), LATERAL (
         SELECT ${CREDIT} FROM credit AS t WHERE t.season_id = p.id AND t.rank < 1000000
         ORDER BY t.rank, t.id LIMIT $2) AS c`,
    ),
  },
  Credit: {
    person: one("person", "id, name", "person_id"),
    character: one("character", "id, name", "character_id"),
    show: one("show", "id, slug, title", "show_id"),
    season: one("season", "id, number", "season_id"),
  },
  Person: {
    credits: datedCredits("person_credits", "person_id"),
    creditCount: loader(
      async (queries) => {
        const text =
          "SELECT person_id, count(*)::int AS count FROM credit WHERE person_id = ANY($1::int[]) GROUP BY person_id";
        const found = await rows("credit_count", text, queries.map(({ obj }) => obj.id));
        return new Map(found.map((row) => [row.person_id, row.count]));
      },
      (found, { obj }) => found.get(obj.id) ?? 0,
    ),
  },
  Character: { credits: datedCredits("character_credits", "character_id") },
};

const app = Fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ host: "127.0.0.1", port: Number(port) });
