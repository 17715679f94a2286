import { Command } from "@commander-js/extra-typings";

import { createCommand } from "./bundle/create.ts";
import { exportCommand } from "./bundle/export.ts";
import { loadCommand } from "./bundle/load.ts";
import { verifyCommand } from "./bundle/verify.ts";
import { main, runnable } from "./lib/command/run.ts";

/** What a customer's own cluster takes of this repository, with a network between or without. */
export const run = runnable((io, done) =>
  new Command("bundle")
    .description(
      "Hand out a customer's part: its Git alone, or with every image and chart in one signed file for an air gap.",
    )
    .addHelpText(
      "after",
      `
REGISTRY_USERNAME and REGISTRY_PASSWORD go to the registry that is asked or filled. docs/bundle.md says how a bundle is
made, carried, verified and loaded.

Examples:
  bun run bundle create --cluster prod-example --out prod-example.tar --key ~/.ssh/id_ed25519.pub
  bun run bundle create --cluster prod-example --since v1.4.0 --out prod-example-delta.tar
  bun run bundle verify prod-example.tar --signers allowed_signers
  bun run bundle load prod-example.tar --signers allowed_signers --registry registry.example.com --push https://git.example.com/fleet.git
  bun run bundle export --cluster prod-example --out ../prod-example

Ends with 0, with 1 if a bundle is refused, 2 for wrong usage, 3 if a program or registry fails.`,
    )
    .addCommand(createCommand(io, done))
    .addCommand(verifyCommand(io, done))
    .addCommand(loadCommand(io, done))
    .addCommand(exportCommand(io, done)),
);

if (import.meta.main) await main(run);
