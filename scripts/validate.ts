import { Command, Option } from "@commander-js/extra-typings";

import { admissionText, admitFleet } from "../lab/admit.ts";
import { apiOf } from "../lab/control-plane.ts";
import { definitionsFor } from "../lab/definitions.ts";
import { theRunningLab } from "../lab/state.ts";
import type { CommandIo } from "./lib/command/io.ts";
import { collect } from "./lib/command/options.ts";
import { progressLine } from "./lib/command/progress.ts";
import { main, runnable } from "./lib/command/run.ts";
import type { Change } from "./lib/core/change.ts";
import { exitCode } from "./lib/core/errors.ts";
import { sortFindings } from "./lib/core/finding.ts";
import { reachabilityOf } from "./lib/fleet/reachability.ts";
import { readRepository } from "./lib/fleet/repository.ts";
import { applyChanges, recover } from "./lib/io/apply.ts";
import { readTree } from "./lib/io/files.ts";
import { changedSince } from "./lib/io/git.ts";
import { withLock } from "./lib/io/lock.ts";
import { codeownersFile, sopsConfigFile } from "./lib/repo/layout.ts";
import { type Format, formats } from "./lib/report/format.ts";
import { reachabilityJson, reachabilityText } from "./lib/report/reachability.ts";
import { findingsText, report } from "./lib/report/validation.ts";
import { sopsConfig } from "./lib/secret/sops-config.ts";
import { codeownersChange } from "./lib/tenant/lookup.ts";
import { certainFixes } from "./lib/validate/fixes.ts";
import { validate, type Validation } from "./lib/validate/validate.ts";

/** The main job: reads, expands, renders and checks the whole fleet. */
export const run = runnable((io, done) =>
  new Command("validate")
    .description("Expand and render the whole fleet as Argo CD would, and check everything in it.")
    .option("--cluster <name>", "only this cluster (can be repeated)", collect, [])
    .option("--application <name>", "only this Application, as NAME or CLUSTER/NAME (can be repeated)", collect, [])
    .option("--changed <revision>", "only Applications that read a file which differs from this revision")
    .addOption(new Option("--format <format>", "form of the result").choices(formats).default("text" as const))
    .option("--fix", "first make the changes that are certain: line ends, first lines, generated files", false)
    .option("--reachability", "print who may talk to whom, and whether tenants are apart (text or json)", false)
    .option("--admit", "ask the lab that is up about every object as well (bun run lab up)", false)
    .option("--no-cache", "render everything anew and keep nothing")
    .addHelpText(
      "after",
      `
Examples:
  bun run validate
  bun run validate --cluster prod-eu1 --cluster prod-us1
  bun run validate --application prod-eu1/service-auth-service
  bun run validate --changed origin/main
  bun run validate --format json > report.json
  bun run validate --cluster prod-eu1 --reachability

Ends with 0 if nothing is wrong, 1 with findings, 2 for wrong usage, 3 if a program is missing or failed.`,
    )
    .action(async (options) => {
      const since = options.changed;
      const changed = since === undefined ? {} : { changed: { since, files: await changedSince(io.cwd, since) } };
      if (options.fix) {
        for (const path of await fix(io)) io.stderr.write(`fixed ${path}\n`);
      }
      const progress = progressLine(io.stderr, "rendering");
      try {
        const validation = await validate({
          root: io.cwd,
          env: io.env,
          selection: { clusters: options.cluster, applications: options.application, ...changed },
          cache: options.cache,
          progress: progress.update,
        });
        if (options.admit) await admit(validation, io);
        progress.clear();
        io.stdout.write(
          options.reachability
            ? reachability(validation, options.format, io)
            : report(validation, options.format, io.stdout.isTTY),
        );
        done(validation.findings.some(({ severity }) => severity === "error") ? exitCode.findings : exitCode.done);
      } finally {
        progress.clear();
      }
    }),
);

/** What the API server of the lab says, among the findings. */
async function admit(validation: Validation, { env, stderr }: CommandIo): Promise<void> {
  const { kubeconfig } = await theRunningLab(env);
  const api = await apiOf(kubeconfig);
  const { missing } = await definitionsFor(validation.fleet, env);
  const admission = await admitFleet(api, validation.fleet, missing);
  validation.findings = sortFindings([...validation.findings, ...admission.findings]);
  stderr.write(admissionText(admission, admission.findings.length));
}

/** The matrix in place of the report; findings go beside it. */
function reachability(validation: Validation, format: Format, { stdout, stderr }: CommandIo): string {
  stderr.write(findingsText(validation.findings, stderr.isTTY));
  const clusters = reachabilityOf(validation.fleet);
  return format === "json" ? reachabilityJson(clusters) : reachabilityText(clusters, stdout.isTTY);
}

/** Makes the certain changes: the form of files first, then what is generated from them. */
async function fix({ cwd, env }: CommandIo): Promise<string[]> {
  return withLock(cwd, async () => {
    await recover(cwd);
    const form = certainFixes((await readTree(cwd)).tree);
    const { tree, sources, documents } = await readRepository(cwd, env, false, form);
    const generated: Change[] = [];
    if (tree.has(codeownersFile) && documents.tenants.size > 0)
      generated.push(codeownersChange({ tree, sources, documents }, new Map()));
    if (tree.has(sopsConfigFile)) generated.push({ path: sopsConfigFile, content: sopsConfig(tree, documents) });
    const changes = [...form, ...generated.filter(({ path, content }) => tree.text(path) !== content)];
    if (changes.length > 0) await applyChanges(cwd, changes);
    return changes.map(({ path }) => path);
  });
}

if (import.meta.main) await main(run);
