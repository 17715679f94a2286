import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { auditCommand } from "./secrets/audit.ts";
import { generateCommand } from "./secrets/generate.ts";
import { keygenCommand } from "./secrets/keygen.ts";
import { scanCommand } from "./secrets/scan.ts";
import { rotateCommand, syncCommand } from "./secrets/upkeep.ts";
import { decryptCommand, editCommand, encryptCommand, setCommand, unsetCommand } from "./secrets/values.ts";

/** Encrypts, opens and changes secrets in the format of SOPS, without sops. */
export const run = runnable((io, done) =>
  new Command("secrets")
    .description(
      "Encrypt, read and change secrets: SOPS files that stock sops and the operator in the cluster read too.",
    )
    .addHelpText(
      "after",
      `
Private keys come from SOPS_AGE_KEY_FILE or SOPS_AGE_KEY, values from standard input, never from an argument. Nothing here writes
plaintext to a disk, a log or a message; edit uses a file in memory, which the system may swap out.

Examples:
  bun run secrets generate
  bun run secrets keygen --tenant umbrella
  bun run secrets encrypt tenants/umbrella/prod-example/channels.sops.yaml --example > channels.yaml
  bun run secrets encrypt tenants/umbrella/prod-example/channels.sops.yaml < channels.yaml
  export SOPS_AGE_KEY_FILE=clusters/local-example/published.agekey
  bun run secrets edit clusters/local-example/platform/secrets/auth-service.sops.yaml
  printf %s "$SECRET" | bun run secrets set clusters/local-example/platform/secrets/auth-service.sops.yaml auth-service-oauth-google/clientSecret
  bun run secrets audit`,
    )
    .addCommand(keygenCommand(io, done))
    .addCommand(generateCommand(io, done))
    .addCommand(encryptCommand(io, done))
    .addCommand(decryptCommand(io, done))
    .addCommand(editCommand(io, done))
    .addCommand(setCommand(io, done))
    .addCommand(unsetCommand(io, done))
    .addCommand(syncCommand(io, done))
    .addCommand(rotateCommand(io, done))
    .addCommand(auditCommand(io, done))
    .addCommand(scanCommand(io, done)),
);

if (import.meta.main) await main(run);
