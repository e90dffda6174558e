/**
 * @generated SignedSource<<180a7c2637fb33417292ba15ec341550>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ReaderFragment } from 'relay-runtime';
export type Billing = "CO_STAR" | "GUEST" | "MAIN" | "RECURRING" | "SPECIAL_GUEST" | "SUPPORTING" | "UNSPECIFIED" | "%future added value";
import { FragmentRefs } from "relay-runtime";
export type Part_credit$data = {
  readonly billing: Billing | null | undefined;
  readonly character: {
    readonly name: string;
  } | null | undefined;
  readonly person: {
    readonly name: string;
  };
  readonly " $fragmentType": "Part_credit";
};
export type Part_credit$key = {
  readonly " $data"?: Part_credit$data;
  readonly " $fragmentSpreads": FragmentRefs<"Part_credit">;
};

const node: ReaderFragment = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "kind": "ScalarField",
    "name": "name",
    "storageKey": null
  }
];
return {
  "argumentDefinitions": [],
  "kind": "Fragment",
  "metadata": null,
  "name": "Part_credit",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "billing",
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Person",
      "kind": "LinkedField",
      "name": "person",
      "plural": false,
      "selections": (v0/*:: as any*/),
      "storageKey": null
    },
    {
      "alias": null,
      "args": null,
      "concreteType": "Character",
      "kind": "LinkedField",
      "name": "character",
      "plural": false,
      "selections": (v0/*:: as any*/),
      "storageKey": null
    }
  ],
  "type": "Credit",
  "abstractKey": null
};
})();

(node as any).hash = "45b4152498e8850567580de44b4aacfb";

export default node;
