import { applications } from "./attacks/applications.ts";
import type { Attack } from "./attacks/attack.ts";
import { hosts } from "./attacks/hosts.ts";
import { keys } from "./attacks/keys.ts";
import { names } from "./attacks/names.ts";
import { pods } from "./attacks/pods.ts";
import { policies } from "./attacks/policies.ts";
import { projects } from "./attacks/projects.ts";
import { rendering } from "./attacks/rendering.ts";
import { reviewers } from "./attacks/reviewers.ts";
import { rights } from "./attacks/rights.ts";
import { room } from "./attacks/room.ts";
import { secrets } from "./attacks/secrets.ts";

/** Every attack there is a fixture for, in the order of the threats. */
export const attacks: readonly Attack[] = [
  ...projects,
  ...applications,
  ...rights,
  ...pods,
  ...room,
  ...hosts,
  ...policies,
  ...keys,
  ...secrets,
  ...rendering,
  ...reviewers,
  ...names,
];
