import { availableParallelism, cpus, totalmem } from "node:os";

import { Argument, Command } from "@commander-js/extra-typings";

import { benchAddons } from "../tests/bench/addons.ts";
import { benchDelivery } from "../tests/bench/delivery.ts";
import { benchFleet } from "../tests/bench/fleet.ts";
import { benchPage } from "../tests/bench/page.ts";
import { benchRules } from "../tests/bench/rules.ts";
import { benchSecrets } from "../tests/bench/secrets.ts";
import { benchTenants } from "../tests/bench/tenants.ts";
import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { findTools } from "./lib/io/tools.ts";

const benches = {
  addons: benchAddons,
  delivery: benchDelivery,
  fleet: benchFleet,
  page: benchPage,
  rules: benchRules,
  secrets: benchSecrets,
  tenants: benchTenants,
};
const defaultSizes = {
  addons: undefined,
  delivery: "100,1000",
  fleet: "10,100,1000",
  page: "1000",
  rules: "1000,5000",
  secrets: "100,1000",
  tenants: "10,100,1000,5000",
};

/** Prints the tables of docs/benchmarks.md. */
export const run = runnable((io, done) =>
  new Command("bench")
    .description("Measure validate on generated fleets, beside what a user would run instead.")
    .addArgument(
      new Argument("[what]", "what to measure")
        .choices(["addons", "delivery", "fleet", "page", "rules", "secrets", "tenants"])
        .default("fleet" as const),
    )
    .option(
      "--sizes <numbers>",
      "sizes of the generated fleets (delivery: 100,1000; fleet: 10,100,1000; page: 1000; rules: 1000,5000; secrets: 100,1000; tenants: 10,100,1000,5000)",
    )
    .addHelpText(
      "after",
      `
Prints a table of docs/benchmarks.md. Ends with 1 if ratios of the fleet's table are far below those recorded there.

Examples:
  bun run bench addons              every chart: sizes, the whole fleet with all of them, a mirror; about three minutes
  bun run bench                     expansion and rendering; about six minutes on two cores
  bun run bench delivery            image bumps, rendered differences; about three minutes
  bun run bench page                the fleet page: its size, and how soon it can be used; about three minutes
  bun run bench rules               rules and schemas; about two minutes
  bun run bench secrets             encrypting, auditing, syncing, beside sops; about a minute
  bun run bench tenants             scaffolding, documents, reachability; about four minutes`,
    )
    .action(async (what, options) => {
      const wanted = options.sizes ?? defaultSizes[what];
      if (what === "addons" && wanted !== undefined)
        throw new UsageError("addons takes no --sizes: it measures this fleet");
      const sizes = (wanted?.split(",") ?? []).map(Number);
      if (sizes.some((size) => !Number.isInteger(size) || size < 3))
        throw new UsageError("--sizes takes whole numbers from 3, with commas");
      const tools = await findTools(io.env);
      const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
      io.stdout.write(
        `${machine}; bun ${Bun.version}, helm ${tools.helm.version}, kustomize ${tools.kubectl.version}\n\n`,
      );
      const slower = (await benches[what](io, sizes)) ?? [];
      for (const one of slower) io.stderr.write(`slower than recorded: ${one}\n`);
      done(slower.length > 0 ? exitCode.findings : exitCode.done);
    }),
);

if (import.meta.main) await main(run);
