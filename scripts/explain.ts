import { Command, Option } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, UsageError } from "./lib/core/errors.ts";
import { loadFleet } from "./lib/fleet/load.ts";
import { Repository } from "./lib/fleet/repository.ts";
import { absentLayers } from "./lib/render/application.ts";
import { explainValue, parsePath, readersOf } from "./lib/render/explain.ts";
import { named } from "./lib/repo/content.ts";

/** Says where a value comes from, and who reads a file. */
export const run = runnable((io, done) =>
  new Command("explain")
    .description("Show what each values layer says of a path, or which Applications read a file.")
    .argument("[path]", "path into the values, as database.poolMax")
    .option("--application <name>", "the Application, as CLUSTER/NAME")
    .option("--file <path>", "a file or folder, from the root of the repository")
    .addOption(new Option("--format <format>", "form of the result").choices(["text", "json"]).default("text"))
    .addHelpText(
      "after",
      `
Examples:
  bun run explain autoscaling.minReplicas --application prod-eu1/service-case-service
  bun run explain --file environments/prod/values.yaml`,
    )
    .action(async (path, { application: name, file, format }) => {
      if ((path === undefined || name === undefined) === (file === undefined)) {
        throw new UsageError("give a path with --application, or --file");
      }
      // Roots are rendered to find the Applications; nothing else has to be.
      const selection = { clusters: [], applications: ["root"] };
      const { fleet } = await loadFleet(await Repository.read(io.cwd, { env: io.env }), { selection });
      const print = (data: unknown, text: string) =>
        io.stdout.write(format === "json" ? `${JSON.stringify(data, null, 2)}\n` : text);
      if (file !== undefined) {
        const readers = readersOf(fleet.applications, file);
        const isThere = fleet.tree.has(file) || fleet.tree.isFolder(file);
        if (!isThere && readers.length === 0) throw new UsageError(`there is no ${file} in the fleet`);
        print({ file, readers }, readers.map((reader) => `${reader}\n`).join(""));
        io.stderr.write(`${readers.length} Applications ${isThere ? "read" : "would read"} ${file}\n`);
        return done(exitCode.done);
      }
      const applications = new Map(fleet.applications.map((own) => [own.id, own]));
      const application = named("Application", name!, applications);
      const values = fleet.values(application);
      if (values === undefined) throw new UsageError(`${name} renders no chart of ours, so it has no values`);
      const explained = explainValue(values.layers, values.merged, parsePath(path!), fleet.sources);
      const lines = explained.layers.map(({ layer, line, value, wins }) => {
        const place = line === undefined ? layer : `${layer}:${line}`;
        return `${wins ? "*" : " "} ${place}${value === undefined ? "" : `  ${JSON.stringify(value)}`}\n`;
      });
      const result =
        explained.value === undefined
          ? "nothing says anything of it\n"
          : `${path} is ${JSON.stringify(explained.value)}\n`;
      const absent = absentLayers(application);
      if (absent.length > 0) io.stderr.write(`layers without a file: ${absent.join(", ")}\n`);
      print({ application: name, path, ...explained }, `${lines.join("")}${result}`);
      return done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
