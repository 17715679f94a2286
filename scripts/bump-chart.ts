import { Command } from "@commander-js/extra-typings";

import { lockChange, withChart } from "./lib/addon/lock.ts";
import { newChartFile } from "./lib/addon/place.ts";
import type { LockedChart } from "./lib/addon/placements.ts";
import { collect } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { mergeChanges } from "./lib/core/change.ts";
import { today } from "./lib/core/clock.ts";
import { UsageError } from "./lib/core/errors.ts";
import { definitionsThatGo } from "./lib/fleet/definitions-change.ts";
import { lockChart } from "./lib/fleet/lock-chart.ts";
import type { Repository } from "./lib/fleet/repository.ts";
import { setImages, type Target } from "./lib/image/bump.ts";
import { chartFiles } from "./lib/image/deployed.ts";
import { checkReason, refuseUnproven } from "./lib/image/proof.ts";
import { selectImages } from "./lib/image/select.ts";
import { chartSource } from "./lib/io/chart-source.ts";
import { registries } from "./lib/io/registry.ts";
import { type Content, named } from "./lib/repo/content.ts";
import { ringOf } from "./lib/write/image-options.ts";
import { reportPlan, titleOf } from "./lib/write/moves.ts";
import { writerOptions } from "./lib/write/options.ts";
import { write } from "./lib/write/write.ts";

/** Sets which chart of an addon runs: the one way its version changes. */
export const run = runnable((io, done) =>
  writerOptions(
    new Command("bump-chart")
      .description(
        "Set the version of an addon's chart, pinned by digest, on selected clusters; lock its archive and images.",
      )
      .requiredOption("--addon <name>", "the addon")
      .requiredOption("--version <version>", "version of its chart, as upstream writes it")
      .option("--cluster <name>", "on this cluster (can be repeated)", collect, [])
      .option(
        "--environment <name>",
        "on every cluster of this environment that runs it (can be repeated)",
        collect,
        [],
      )
      .option(
        "--ring <number>",
        "only this ring (can be repeated)",
        (value, all: number[]) => [...all, ringOf(value)],
        [],
      )
      .option("--place", "also on clusters of --cluster that do not run it yet", false)
      .option("--from <where>", "take the archive from here instead of upstream: a folder, https://... or oci://...")
      .option("--registry <host>", "ask this registry, which mirrors the images, for their digests")
      .option("--allow-downgrade", "also set an older version", false)
      .option("--replace-archive", "lock these bytes in place of others of the same version: with --reason", false)
      .option("--allow-removal", "also where kinds or versions go that the chart has defined until now", false)
      .option("--skip-promotion", "also where the environment below does not run it: with --reason", false)
      .option("--reason <text>", "why a promotion is skipped, or an archive replaced; it stands in the pull request"),
  )
    .addHelpText(
      "after",
      `
The archive is checked, locked by SHA-256 beside the addon, and kept in your cache; bun run charts mirror brings it to the
registries of the clusters. A version starts in the lowest environment; bun run promote takes it further.

Examples:
  bun run bump-chart --addon cert-manager --version v1.21.2 --environment dev
  bun run bump-chart --addon metallb --version 0.16.2 --cluster prod-example --place --skip-promotion --reason "on-premises only"`,
    )
    .action(async (options) => {
      const { addon, version, cluster: clusters, environment: environments } = options;
      checkReasons(options);
      if (clusters.length + environments.length === 0)
        throw new UsageError("select where: --cluster or --environment (--ring narrows what they select)");
      done(
        await write(io, options, async (repository) => {
          const { document } = named("addon", addon, repository.documents.addons);
          const archive = await chartSource(document.spec.source, { env: io.env }, options.from).archive(version);
          const ask = { ask: registries(io.env), registry: options.registry, replace: options.replaceArchive };
          const locked = await lockChart(repository, addon, version, archive, ask);
          const charts = repository.documents.addonLocks.get(addon)?.document.spec.charts ?? [];
          const lock = lockChange(addon, withChart(charts, locked));
          const placed = options.place ? newChartFile(repository, addon, clusters, locked) : [];
          const after = repository.with([lock, ...placed]);
          const files = new Set(placed.map(({ path }) => path));
          const selection = { services: [], addons: [addon], clusters, environments, rings: options.ring, tenants: [] };
          const targets = selectImages(after, selection)
            .filter(({ file }) => !files.has(file))
            .map((image) => ({ image, tag: version, digest: locked.digest }));
          if (!options.skipPromotion) refuseUnproven(after, targets, today());
          if (!options.allowRemoval) await refuseRemoval(repository, addon, targets, locked.definitions);
          if (options.replaceArchive) refuseHalf(after, addon, locked, targets);
          const plan = setImages(after, targets, {
            today: today(),
            allowDowngrade: options.allowDowngrade,
            allowMoved: options.replaceArchive,
          });
          reportPlan(io, plan);
          for (const { path } of placed) io.stderr.write(`new: ${path}\n`);
          const chosen = [...plan.moves.map(({ image }) => image.cluster), ...(options.place ? clusters : [])];
          return {
            changes: mergeChanges([lock, ...placed], plan.changes),
            selection: { clusters: [...new Set(chosen)], applications: [] },
            next: "bun run charts mirror, then commit it and open a pull request; bun run promote takes it further",
            title:
              plan.moves.length === 0
                ? `feat(clusters): run ${addon} ${version} on ${clusters.join(", ")}`
                : titleOf("clusters", "run", plan.moves),
            description: options.reason,
            labels: options.skipPromotion ? ["chart", "hotfix"] : ["chart"],
          };
        }),
      );
    }),
);

function checkReasons(options: { skipPromotion: boolean; replaceArchive: boolean; reason?: string | undefined }): void {
  if (!options.replaceArchive) checkReason("skip-promotion", options.skipPromotion, options.reason);
  else if ((options.reason ?? "").trim() === "")
    throw new UsageError("--replace-archive needs --reason: say where the bytes are from that are locked until now");
}

/** A lock has one archive a version: what runs the replaced one is moved with it, all of it. */
function refuseHalf(content: Content, addon: string, locked: LockedChart, targets: readonly Target[]): void {
  const moved = new Set(targets.map(({ image }) => image.file));
  const left = chartFiles(content)
    .filter(({ service, tag, digest }) => service === addon && tag === locked.version && digest !== locked.digest)
    .filter(({ file }) => !moved.has(file));
  if (left.length > 0)
    throw new UsageError(
      `${left.map(({ cluster }) => cluster).join(", ")} would run an archive that no lock knows: name every cluster that runs ${addon} ${locked.version}`,
    );
}

/** With a kind that is served no more, every object of it is out of reach, on whichever cluster. */
async function refuseRemoval(
  { documents, env }: Repository,
  addon: string,
  targets: readonly Target[],
  after: string | undefined,
): Promise<void> {
  const charts = documents.addonLocks.get(addon)?.document.spec.charts ?? [];
  const running = new Set(targets.map(({ image }) => image.digest));
  for (const { version, digest, definitions } of charts) {
    if (definitions === undefined || !running.has(digest)) continue;
    const gone = await definitionsThatGo(env, definitions, after);
    if (gone.length > 0)
      throw new UsageError(
        `${addon} ${version} defines ${gone.join(", ")}, which this version does not: move their objects first, then --allow-removal`,
      );
  }
}

if (import.meta.main) await main(run);
