import { useState } from "react";
import { useQuery } from "./apollo";
import { graphql } from "./gql";

const RETURNS = graphql(`
  query Returns($season: String!) {
    season(by: { slug: $season }) {
      id
      show { id title }
      number
      returns(from: { slug: "star-trek-the-next-generation" }, first: 50) {
        nodes {
          character { id name }
          yearsAway
          samePerformer
        }
      }
    }
  }
`);

const SEASONS = ["star-trek-picard-s01", "star-trek-picard-s02", "star-trek-picard-s03"];

export function Returns() {
  const [season, setSeason] = useState("star-trek-picard-s02");
  const { data, error } = useQuery(RETURNS, { variables: { season } });
  const found = data?.season;
  return (
    <>
      <h1>Who came back?</h1>
      <label>
        Season{" "}
        <select value={season} onChange={(event) => setSeason(event.target.value)}>
          {SEASONS.map((slug, place) => (
            <option key={slug} value={slug}>Star Trek: Picard, season {place + 1}</option>
          ))}
        </select>
      </label>
      {error && <p role="alert">{error.message}</p>}
      {!error && !found && <p>Loading …</p>}
      {found && (
        <ul aria-label={`Returns in ${found.show.title}, season ${found.number}`}>
          {found.returns?.nodes.map(({ character, yearsAway, samePerformer }) => (
            <li key={character.id}>
              {character.name}
              <small>
                {samePerformer ? "same performer" : "recast"}
                {yearsAway != null && `, ${yearsAway} years away`}
              </small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
