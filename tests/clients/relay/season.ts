// What a page of a season asks for when it is written with Relay.
import { graphql } from "relay-runtime";

export const query = graphql`
  query seasonPageQuery($slug: String!, $id: ID!) {
    season(by: { slug: $slug }) {
      ...season_cast
    }
    node(id: $id) {
      __typename
      id
      ... on Person {
        name
      }
    }
  }
`;

export const cast = graphql`
  fragment season_cast on Season
  @refetchable(queryName: "season_castRefetchQuery")
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 10 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  ) {
    number
    premieredOn
    cast(first: $first, after: $after, last: $last, before: $before)
      @connection(key: "season_cast") {
      totalCount
      edges {
        cursor
        node {
          id
          billing
          ...season_credit
        }
      }
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`;

export const credit = graphql`
  fragment season_credit on Credit {
    person {
      name
    }
    character {
      name
    }
  }
`;
