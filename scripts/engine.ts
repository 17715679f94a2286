import path from "node:path";

import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, ToolError, UsageError } from "./lib/core/errors.ts";
import { buildEngine, engineRelease, fetchEngine, type Go } from "./lib/io/engine-build.ts";
import { engineIdentity, enginePlace, findEngine } from "./lib/io/engine-program.ts";
import { releaseEngine } from "./lib/io/engine-release.ts";
import { publishEngine } from "./lib/write/engine-release.ts";

/** Builds the engine once: from then on every command renders by it and judges objects by Kubernetes' own code. */
export const run = runnable((io, done) => {
  const env = { ...io.env, GITOPS_ENGINE: undefined };
  const say = (text: string) => io.stderr.write(text);
  const program = () => Bun.which("go", { PATH: io.env["PATH"] ?? "" });
  const goOf = (found: string, minutes: string): Go => ({
    program: found,
    env,
    timeout: Number(minutes) * 60_000,
    say,
  });
  const checkMinutes = (minutes: string) => {
    if (!(Number(minutes) > 0)) throw new UsageError("--minutes takes a number");
  };

  async function released(why: string): Promise<string> {
    const release = await engineRelease();
    const identity = await engineIdentity();
    if (release?.identity !== identity)
      throw new ToolError(
        `${why}, and no release was made of this version of engine/ (it would lie at ${enginePlace(env, identity)}): install Go 1.26, or go on without: the stock programs do the same, slower`,
      );
    return fetchEngine(env, release, say);
  }

  const engine = new Command("engine")
    // --minutes behind the name of a subcommand is the subcommand's.
    .enablePositionalOptions()
    .description("Build the engine, by which every command renders faster and judges objects by Kubernetes' own code.")
    .option("--fetch", "fetch the released one, even where Go is", false)
    .option("--minutes <number>", "give up after so many", "30")
    .addHelpText(
      "after",
      `
With Go 1.26 it is built, without it a released one is fetched by its digest. Both go to the user's
cache, once for each version of engine/. GITOPS_ENGINE=off renders by the stock programs,
GITOPS_ENGINE=FILE by another engine.

Examples:
  bun run engine
  GITOPS_ENGINE=off bun run validate
  bun run engine release --out dist
  bun run engine publish --from dist`,
    )
    .action(async ({ fetch, minutes }) => {
      checkMinutes(minutes);
      const known = await findEngine(env);
      if (known !== undefined) {
        io.stdout.write(`the engine is there: ${known.program}\n`);
        return done(exitCode.done);
      }
      const go = fetch ? null : program();
      const place =
        go === null
          ? await released(fetch ? "--fetch was asked for" : "go is not on PATH")
          : await buildEngine(goOf(go, minutes));
      io.stdout.write(`the engine is ready: ${place}\n`);
      done(exitCode.done);
    });
  engine
    .command("release")
    .description("Build it for every platform that is released, the same bytes on any machine, with their sums")
    .requiredOption("--out <folder>", "where the files go")
    .option("--minutes <number>", "give up after so many", "60")
    .action(async ({ out, minutes }) => {
      checkMinutes(minutes);
      const go = program();
      if (go === null) throw new ToolError("go is not on PATH: install Go 1.26");
      const identity = await releaseEngine(goOf(go, minutes), path.resolve(io.cwd, out));
      io.stdout.write(`engine-${identity} lies in ${out}\n`);
      done(exitCode.done);
    });
  engine
    .command("publish")
    .description("Release what was built on GitHub, and propose its digests as a pull request; engine.yaml does it")
    .requiredOption("--from <folder>", "where release put the files")
    .action(async ({ from }) => {
      await publishEngine(io, path.resolve(io.cwd, from));
      done(exitCode.done);
    });
  return engine;
});

if (import.meta.main) await main(run);
