import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { type Status, statusOf } from "./lib/fleet/status.ts";
import { plainTable } from "./lib/report/table.ts";

/** Which version runs where. */
export const run = runnable((io, done) =>
  new Command("status")
    .description("Show which version of each service runs on each cluster, what lags behind, and what is held.")
    .addOption(new Option("--format <format>", "form of the result").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExamples:\n  bun run status\n  bun run --silent status --format json")
    .action(async ({ format }) => {
      const selection = { clusters: [], applications: ["root"] };
      const { fleet } = await loadFleet({ root: io.cwd, env: io.env, selection, cache: true });
      const status = statusOf(fleet);
      io.stdout.write(format === "json" ? `${JSON.stringify(status, null, 2)}\n` : text(status, io.stdout.isTTY));
      done(exitCode.done);
    }),
);

function text({ clusters, services, deployments, lags, holds, orphans }: Status, colour: boolean): string {
  const cell = (service: string, cluster: string) => {
    const found = deployments.find((own) => own.service === service && own.cluster === cluster);
    return found === undefined ? "" : `${found.tag}${found.hold === undefined ? "" : " (held)"}`;
  };
  // One row a cluster: there are more of them than fit side by side.
  const rows = clusters.map(({ cluster, environment, ring }) => [
    cluster,
    environment,
    String(ring),
    ...services.map((service) => cell(service, cluster)),
  ]);
  const short = services.map((service) => service.replace(/-service$/, ""));
  const notes = [
    ...summariseLags(lags, deployments),
    ...holds.map(
      ({ service, cluster, tag, hold }) =>
        `${service} is held at ${tag} on ${cluster} until ${hold!.expires}: ${hold!.reason}`,
    ),
    ...orphans.map((service) => `${service} runs nowhere`),
  ];
  return `${plainTable(["cluster", "environment", "ring", ...short], rows, colour)}\n${notes.map((note) => `${note}\n`).join("")}`;
}

function summariseLags(lags: Status["lags"], deployments: Status["deployments"]): string[] {
  const alike = Map.groupBy(
    lags,
    ({ cluster, tag, behind, newer }) => `${cluster} runs ${tag} where ${behind} runs ${newer}`,
  );
  return [...alike].map(([what, group]) => {
    const all = deployments.filter(({ cluster }) => cluster === group[0]!.cluster).length;
    const which = group.length === all ? `all ${all} services` : group.map(({ service }) => service).join(", ");
    return `${what}: ${which}`;
  });
}

if (import.meta.main) await main(run);
