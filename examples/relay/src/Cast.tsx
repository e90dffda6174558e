import { graphql, usePaginationFragment } from "react-relay";
import { Part } from "./Part";
import type { CastPaginationQuery } from "./__generated__/CastPaginationQuery.graphql";
import type { Cast_season$key } from "./__generated__/Cast_season.graphql";

export function Cast({ season }: { season: Cast_season$key }) {
  const { data, hasNext, isLoadingNext, loadNext } = usePaginationFragment<CastPaginationQuery, Cast_season$key>(
    graphql`
      fragment Cast_season on Season
      @refetchable(queryName: "CastPaginationQuery")
      @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" }) {
        cast(first: $first, after: $after) @connection(key: "Cast_cast") {
          totalCount
          edges {
            node {
              id
              ...Part_credit
            }
          }
        }
      }
    `,
    season,
  );
  return (
    <>
      <p>{data.cast?.edges.length ?? 0} of {data.cast?.totalCount ?? 0} parts</p>
      <ul>
        {data.cast?.edges.map(({ node }) => <Part key={node.id} credit={node} />)}
      </ul>
      {hasNext && <button disabled={isLoadingNext} onClick={() => loadNext(10)}>Show more</button>}
    </>
  );
}
