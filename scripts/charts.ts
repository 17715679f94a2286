import { Command } from "@commander-js/extra-typings";

import { imagesCommand } from "./charts/images.ts";
import { mirrorCommand } from "./charts/mirror.ts";
import { outdatedCommand } from "./charts/outdated.ts";
import { pullCommand } from "./charts/pull.ts";
import { verifyCommand } from "./charts/verify.ts";
import { main, runnable } from "./lib/command/run.ts";

/** Upstream charts: their archives here, in our registries, and upstream. */
export const run = runnable((io, done) =>
  new Command("charts")
    .description("Pull, verify and mirror the archives of upstream charts, each by the digest that is locked.")
    .addHelpText(
      "after",
      `
Upstream is asked without an account. REGISTRY_USERNAME and REGISTRY_PASSWORD go to the registries of the clusters alone.

Examples:
  bun run charts pull
  bun run charts pull --offline
  bun run charts mirror --cluster prod-example
  bun run charts verify --addon cert-manager
  bun run charts outdated`,
    )
    .addCommand(pullCommand(io, done))
    .addCommand(verifyCommand(io, done))
    .addCommand(outdatedCommand(io, done))
    .addCommand(mirrorCommand(io, done))
    .addCommand(imagesCommand(io, done)),
);

if (import.meta.main) await main(run);
