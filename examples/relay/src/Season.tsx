import { graphql, useLazyLoadQuery } from "react-relay";
import { Cast } from "./Cast";
import type { SeasonQuery } from "./__generated__/SeasonQuery.graphql";

export function Season({ slug }: { slug: string }) {
  const { season } = useLazyLoadQuery<SeasonQuery>(
    graphql`
      query SeasonQuery($slug: String!) {
        season(by: { slug: $slug }) {
          number
          show { title }
          ...Cast_season
        }
      }
    `,
    { slug },
  );
  if (!season) return <p>There is no season {slug}.</p>;
  return (
    <>
      <h1>{season.show.title}, season {season.number}</h1>
      <Cast season={season} />
    </>
  );
}
