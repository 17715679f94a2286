import path from "node:path";

import { Option } from "@commander-js/extra-typings";

import { digestOf } from "../lib/addon/artifact.ts";
import type { CommandIo } from "../lib/command/io.ts";
import { collect } from "../lib/command/options.ts";
import { progressLine } from "../lib/command/progress.ts";
import type { Done } from "../lib/command/run.ts";
import { exitCode, UsageError } from "../lib/core/errors.ts";
import { pulledCharts, pulledImages } from "../lib/fleet/deployed-images.ts";
import { loadFleet } from "../lib/fleet/load.ts";
import type { Repository } from "../lib/fleet/repository.ts";
import { LayoutWriter } from "../lib/io/layout-writer.ts";
import { newLayout } from "../lib/io/layout.ts";
import { commitAt } from "../lib/io/part-git.ts";
import { packedReport, plannedReport } from "../lib/report/bundle.ts";
import { pack } from "../lib/write/pack.ts";
import { type MadePart, makePart, partCommand, type PartOptions } from "./options.ts";

interface CreateOptions extends PartOptions {
  out: string;
  since?: string | undefined;
  from?: string | undefined;
  platform: string[];
  key?: string | undefined;
  dryRun: boolean;
  format: "json" | "text";
}

/** Everything that some clusters pull, in one file that is carried over an air gap. */
export const createCommand = (io: CommandIo, done: Done) =>
  partCommand(
    "create",
    "Put everything that some clusters pull into one signed file: images, charts, and their part of Git.",
  )
    .requiredOption("--out <place>", "to this file, if its name ends with .tar; else to a folder")
    .option("--repository <url>", "clusters pull Git from here, in place of the address of their facts")
    .option("--since <revision>", "leave out what came with the bundle of this revision")
    .option("--from <host>", "have images from this registry, which mirrors them, and not from those of the clusters")
    .option("--platform <platform>", "of images only this one, as linux/amd64 (can be repeated)", collect, [])
    .option(
      "--key <file>",
      "sign with this SSH key, or the public half of one in an agent; GITOPS_BUNDLE_KEY names it too",
    )
    .option("--dry-run", "list what it would hold, ask no registry and write nothing", false)
    .addOption(
      new Option("--format <format>", "how its size is printed")
        .choices(["text", "json"] as const)
        .default("text" as const),
    )
    .action(async (options) => {
      const made = await makePart(io, options);
      try {
        await createBundle(io, made, options);
        done(exitCode.done);
      } finally {
        await made.git.remove();
      }
    });

async function createBundle(io: CommandIo, made: MadePart, options: CreateOptions): Promise<void> {
  const { git, part, fleet, files, revision, whole } = made;
  const { images, unpinned } = pulledImages(fleet, part.clusters);
  const charts = pulledCharts(fleet, part.clusters);
  if (unpinned.length > 0)
    throw new UsageError(
      `${unpinned.length} images are not pinned by digest, so nobody knows their bytes:\n${unpinned.join("\n")}\nwrite each as REGISTRY/NAME:TAG@sha256:DIGEST`,
    );
  if (options.dryRun) {
    io.stdout.write(plannedReport({ clusters: part.clusters, revision, images, charts }, options.format));
    return;
  }
  const since = options.since === undefined ? undefined : (await commitAt(io.cwd, options.since)).commit;
  const key = options.key ?? io.env["GITOPS_BUNDLE_KEY"];
  const layout = await newLayout(path.resolve(io.cwd, options.out));
  const progress = progressLine(io.stderr, "copying images");
  try {
    const packed = await pack({
      env: io.env,
      layout: new LayoutWriter(layout.folder),
      images,
      charts,
      git,
      info: {
        clusters: [...part.clusters],
        tenants: [...part.tenants],
        revision,
        ...(since === undefined ? {} : { since }),
        platforms: options.platform.toSorted(),
        schemas: [...files]
          .filter(([file]) => file.startsWith("schemas/"))
          .map(([file, { bytes }]) => ({ file, digest: digestOf(bytes) })),
      },
      // By the facts as they are, also where clusters are to pull from elsewhere: images are had where they are now.
      sourceOf: (cluster) => options.from ?? whole.documents.clusters.get(cluster)!.document.spec.registry,
      before: since === undefined ? [] : await imagesAt(whole, since, part.clusters),
      key,
      progress: progress.update,
    }).finally(progress.clear);
    const size = await layout.finish();
    for (const image of packed.gone) io.stderr.write(`not left out: ${image}, which its registry has no more\n`);
    if (key === undefined)
      io.stderr.write("it is not signed: --key signs it, and whoever loads it would have to take it on trust\n");
    io.stdout.write(packedReport({ ...packed, size, part, revision, git, since }, options.format));
  } finally {
    await layout.remove();
  }
}

/** What clusters pulled by a revision. One that was not there yet pulled nothing. */
async function imagesAt(whole: Repository, revision: string, clusters: readonly string[]) {
  const before = await whole.at(revision);
  const known = clusters.filter((name) => before.documents.clusters.has(name));
  if (known.length === 0) return [];
  const { fleet } = await loadFleet(before, { selection: { clusters: known, applications: [] } });
  return pulledImages(fleet, known).images;
}
