import { Command } from "@commander-js/extra-typings";

import type { CommandIo } from "./lib/command/io.ts";
import { dryRunOption, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { today } from "./lib/core/clock.ts";
import { type ExitCode, exitCode, UsageError } from "./lib/core/errors.ts";
import type { Omission } from "./lib/core/finding.ts";
import { setImages } from "./lib/image/bump.ts";
import { resolveTargets, type Wanted } from "./lib/image/resolve.ts";
import { selectImages } from "./lib/image/select.ts";
import { isRange } from "./lib/image/versions.ts";
import { Registry } from "./lib/io/registry.ts";
import {
  clusterOption,
  environmentOption,
  type ImageOptions,
  ringOption,
  selectionOf,
  serviceOption,
  tenantOption,
} from "./lib/write/image-options.ts";
import { saidOf, titleOf } from "./lib/write/moves.ts";
import { write, type WriteOptions } from "./lib/write/write.ts";

/** Writes image files: the one way a version changes. */
export const run = runnable((io, done) =>
  new Command("bump-image")
    .description("Set the version of services: tag and digest, in every image file that is meant, in one change.")
    .addOption(serviceOption)
    .addOption(clusterOption)
    .addOption(environmentOption)
    .addOption(ringOption)
    .addOption(tenantOption)
    .option("--tag <tag>", "the version; its digest comes from the registry")
    .option("--latest <range>", 'the newest version that a range takes, such as "^1.4"')
    .option("--digest <digest>", "of the index, if it is known: then no registry is asked")
    .option("--registry <host>", "ask this registry; those of the clusters if none is named, which have to agree")
    .option("--allow-downgrade", "also to an older version, or another digest of the same", false)
    .addOption(dryRunOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Images that are held stay, and are named. An account for the registry comes from REGISTRY_USERNAME and REGISTRY_PASSWORD.

Examples:
  bun run bump-image --service case-service --environment dev --tag v1.5.0 --pr
  bun run bump-image --environment dev --latest "^1" --dry-run
  bun run bump-image --service frontend --tenant tenant123 --tag v2.1.0 --digest sha256:...`,
    )
    .action(async (options) => done(await bump(io, options))),
);

type Options = ImageOptions & Wanted & WriteOptions & { allowDowngrade: boolean };

async function bump(io: CommandIo, options: Options): Promise<ExitCode> {
  const { tag, latest, digest } = options;
  if ((tag === undefined) === (latest === undefined)) throw new UsageError("say --tag or --latest, one of both");
  if (latest !== undefined && !isRange(latest)) throw new UsageError(`--latest ${JSON.stringify(latest)} is no range`);
  if (latest !== undefined && digest !== undefined) throw new UsageError("--digest goes with --tag: a range has many");
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new UsageError(`--digest takes sha256: and 64 digits, not ${JSON.stringify(digest)}`);
  if (digest !== undefined && options.service.length !== 1)
    throw new UsageError("--digest is that of one service: name it with --service");
  const selection = selectionOf(options);
  const registries = new Map<string, Registry>();
  const registry = (host: string) => {
    const found = registries.get(host) ?? new Registry(host, { env: io.env });
    registries.set(host, found);
    return found;
  };
  let held: Omission[] = [];
  const code = await write(io, options, async (content) => {
    const images = selectImages(content, selection);
    const targets = await resolveTargets(content, images, options, {
      manifest: (host, name, reference) => registry(host).manifest(name, reference),
      tags: (host, name) => registry(host).tags(name),
    });
    const plan = setImages(content, targets, { today: today(), allowDowngrade: options.allowDowngrade });
    saidOf(io, plan);
    held = plan.moves.length === 0 ? plan.left : [];
    return {
      changes: plan.changes,
      selection: { clusters: [...new Set(plan.moves.map(({ image }) => image.cluster))], applications: [] },
      next: "commit it and open a pull request; bun run promote takes it further",
      title: titleOf("clusters", "run", plan.moves),
      labels: ["image"],
    };
  });
  return code === exitCode.done && held.length > 0 ? exitCode.findings : code;
}

if (import.meta.main) await main(run);
