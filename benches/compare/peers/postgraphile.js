// PostGraphile over the same tables with its recommended presets and the filter plugin. Columns without an index of
// their own may be ordered and filtered by too, since castgraph's indices are compound.
import { createServer } from "node:http";
import { PgSimplifyInflectionPreset } from "@graphile/simplify-inflection";
import { postgraphile } from "postgraphile";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { makeJSONPgSmartTagsPlugin } from "postgraphile/utils";

const [url, port] = process.argv.slice(2);

// The preset calls `id` of every table `rowId`, which a `row_id` beside it must not be called too; and the table `note`
// collides with columns of that name.
const names = makeJSONPgSmartTagsPlugin({
  version: 1,
  config: {
    class: { note: { tags: { name: "remark" } } },
    attribute: {
      "subject.row_id": { tags: { name: "subject_row" } },
      "search_name.row_id": { tags: { name: "named_row" } },
    },
  },
});

const preset = {
  extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset, PostGraphileConnectionFilterPreset],
  plugins: [names],
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [makePgService({ connectionString: url, schemas: ["public"], poolConfig: { max: 8 } })],
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(port), "127.0.0.1");
