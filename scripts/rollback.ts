import { Command } from "@commander-js/extra-typings";

import { dryRunOption, prOption, reviewerOption, signOption } from "./lib/command/options.ts";
import { main, runnable } from "./lib/command/run.ts";
import { dayAfter, today } from "./lib/core/clock.ts";
import { compareApplications } from "./lib/diff/compare.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { readRepository } from "./lib/fleet/repository.ts";
import { whereOf } from "./lib/image/deployed.ts";
import { checkHold } from "./lib/image/hold.ts";
import { rollbackChanges } from "./lib/image/rollback.ts";
import { selectImages } from "./lib/image/select.ts";
import { resolveCommit } from "./lib/io/git.ts";
import {
  clusterOption,
  environmentOption,
  ringOption,
  selectionOf,
  serviceOption,
  tenantOption,
} from "./lib/write/image-options.ts";
import { sayLeft } from "./lib/write/moves.ts";
import { write } from "./lib/write/write.ts";

/** Brings back what ran before, and keeps it there. */
export const run = runnable((io, done) =>
  new Command("rollback")
    .description("Bring a service, cluster, environment or tenant back to what a commit rendered, and hold it there.")
    .requiredOption("--to <commit>", "the commit in which it was well")
    .requiredOption("--reason <text>", "why: it stands in the hold, for who finds it later")
    .option("--expires <day>", "the last day of the hold, YYYY-MM-DD; in two weeks if nothing is said")
    .addOption(serviceOption)
    .addOption(clusterOption)
    .addOption(environmentOption)
    .addOption(ringOption)
    .addOption(tenantOption)
    .addOption(dryRunOption)
    .addOption(prOption)
    .addOption(reviewerOption)
    .addOption(signOption)
    .addHelpText(
      "after",
      `
Only files of what is named come back: images, and values of the service there; without --service also values of the cluster,
environment or tenant as a whole. Secrets and facts stay. What still differs from the commit is said, with the files it is in.

Examples:
  bun run rollback --service case-service --cluster prod-eu1 --to HEAD~1 --reason "OPS-812: cases can't be closed" --pr
  bun run rollback --environment prod --to v1.4.0 --reason "OPS-813" --dry-run`,
    )
    .action(async (options) => {
      const selection = selectionOf(options);
      const hold = checkHold({ reason: options.reason, expires: options.expires ?? dayAfter(14) }, today());
      const commit = await resolveCommit(io.cwd, options.to);
      done(
        await write(io, options, async (now) => {
          const then = await readRepository(io.cwd, io.env, true, [], commit);
          const images = selectImages(now, selection);
          const whole = options.service.length > 0 || options.ring.length > 0 ? [] : wholeFiles(options);
          const { changes, back, left } = rollbackChanges(now, then, { images, files: whole }, hold);
          for (const { image, tag } of back)
            io.stderr.write(
              `back: ${image.service} on ${whereOf(image)}: ${image.tag} -> ${tag}, held until ${hold.expires}\n`,
            );
          sayLeft(io, left);
          const clusters = [...new Set(images.map(({ cluster }) => cluster))];
          const load = (side: object) =>
            loadFleet({ root: io.cwd, env: io.env, cache: true, selection: { clusters, applications: [] }, ...side });
          const [was, is] = [(await load({ revision: commit })).fleet, (await load({ changes })).fleet];
          const folders = new Set(images.map(({ file }) => file.slice(0, file.lastIndexOf("/"))));
          const own = (fleet: typeof was) => fleet.applications.filter(({ folder }) => folders.has(folder ?? ""));
          for (const { application, id } of compareApplications(own(was), own(is)).objects) {
            const files = [own(was), own(is)].flatMap(
              (side) => side.find(({ id: one }) => one === application)?.reads ?? [],
            );
            const hash = ({ tree }: typeof was, file: string) => (tree.has(file) ? tree.hash(file) : undefined);
            const differ = [...new Set(files)].filter((file) => hash(was, file) !== hash(is, file)).toSorted();
            io.stderr.write(
              `still differs from ${commit.slice(0, 12)}: ${application} ${id.kind} ${id.name} (${differ.join(", ")})\n`,
            );
          }
          const services = [...new Set(back.map(({ image }) => image.service))];
          const what = services.length === 1 ? services[0] : `${services.length} services`;
          return {
            changes,
            selection: { clusters, applications: [] },
            next: "commit it and open a pull request; bun run hold --release lets it go on",
            title: `fix(clusters): bring ${what} back to ${commit.slice(0, 12)}`,
            description: options.reason,
            labels: ["image", "rollback"],
          };
        }),
      );
    }),
);

/** Values of what is named as a whole. */
function wholeFiles({
  cluster,
  environment,
  tenant,
}: {
  cluster: string[];
  environment: string[];
  tenant: string[];
}): string[] {
  return [
    ...cluster.map((name) => `clusters/${name}/values.yaml`),
    ...(cluster.length === 0 && tenant.length === 0
      ? environment.map((name) => `environments/${name}/values.yaml`)
      : []),
    ...tenant.map((name) => `tenants/${name}/values.yaml`),
  ];
}

if (import.meta.main) await main(run);
