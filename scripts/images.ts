import { appendFile } from "node:fs/promises";

import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { stringAt } from "./lib/core/json.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { podContainers } from "./lib/fleet/objects.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { everything } from "./lib/fleet/selection.ts";

/** Every image that the fleet runs, by digest: for scanners, mirrors and networks without a way out. */
export const run = runnable((io, done) =>
  new Command("images")
    .description("List every image that is deployed, by digest, once each.")
    .addOption(
      new Option("--format <format>", "text, json, or github: as the output images of a step")
        .choices(["text", "json", "github"])
        .default("text"),
    )
    .addHelpText("after", "\nExample:\n  bun run --silent images > images.txt")
    .action(async ({ format }) => {
      const { fleet, findings } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), {
        selection: everything,
      });
      const all = [...podContainers(fleet)].flatMap(({ container }) => stringAt(container, "image") ?? []);
      // A mirror has the same bytes: one of each digest will do.
      const byDigest = new Map(all.toSorted().map((image) => [image.split("@")[1] ?? image, image]));
      const images = [...byDigest.values()].toSorted();
      if (format === "github") {
        const file = io.env["GITHUB_OUTPUT"];
        if (file === undefined)
          throw new UsageError("--format github is for a step of a workflow: GITHUB_OUTPUT is not set");
        await appendFile(file, `images=${JSON.stringify(images)}\n`);
      } else
        io.stdout.write(
          format === "json" ? `${JSON.stringify(images, null, 2)}\n` : images.map((image) => `${image}\n`).join(""),
        );
      const left = fleet.applications.filter(({ notRendered }) => notRendered !== undefined).length;
      io.stderr.write(`${images.length} images${left > 0 ? `; ${left} Applications could not be rendered` : ""}\n`);
      done(findings.some(({ severity }) => severity === "error") ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
