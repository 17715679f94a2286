import { peerChanges } from "../../service/peer.ts";
import { notAsGenerated } from "../generated.ts";
import type { Rule } from "../rule.ts";

export const peerGenerated: Rule = {
  id: "peer-generated",
  severity: "error",
  absolute: true,
  holds:
    "The gateway of a hybrid cluster calls exactly the services that its facts say run on the other, by TLS that it verifies.",
  because:
    "A service that is missing there can't be called, and one that leads elsewhere hands requests to somebody else.",
  check: (fleet) =>
    notAsGenerated(fleet, peerChanges(fleet), {
      tooMuch: "is there, though the facts of the cluster name no peer",
      differs: "is not what follows from spec.peer of the cluster's facts",
      missing: "is not there, though the facts of the cluster name a peer",
    }),
};
