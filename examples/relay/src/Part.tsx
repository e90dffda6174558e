import { graphql, useFragment } from "react-relay";
import type { Part_credit$key } from "./__generated__/Part_credit.graphql";

export function Part({ credit }: { credit: Part_credit$key }) {
  const { person, character, billing } = useFragment(
    graphql`
      fragment Part_credit on Credit {
        billing
        person { name }
        character { name }
      }
    `,
    credit,
  );
  return (
    <li>
      {character?.name ?? "unknown part"}
      <small>{person.name}{billing && `, ${billing.toLowerCase().replace("_", " ")}`}</small>
    </li>
  );
}
