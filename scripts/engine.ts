import { Command } from "@commander-js/extra-typings";

import { main, runnable } from "./lib/command/run.ts";
import { exitCode, ToolError, UsageError } from "./lib/core/errors.ts";
import { buildEngine, engineRelease, fetchEngine } from "./lib/io/engine-build.ts";
import { engineIdentity, enginePlace, findEngine } from "./lib/io/engine-program.ts";

/** Builds the engine once: from then on every command renders by it and judges objects by Kubernetes' own code. */
export const run = runnable((io, done) =>
  new Command("engine")
    .description("Build the engine, by which every command renders faster and judges objects by Kubernetes' own code.")
    .option("--fetch", "fetch the released one, even where Go is", false)
    .option("--minutes <number>", "give up after so many", "30")
    .addHelpText(
      "after",
      "\nExamples:\n  bun run engine\n  GITOPS_ENGINE=off bun run validate\n\nWith Go 1.26 it is built, without it a released one is fetched by its digest. Both go to the user's cache, once for\neach version of engine/. GITOPS_ENGINE=off renders by the stock programs, GITOPS_ENGINE=FILE by another engine.",
    )
    .action(async ({ fetch, minutes }) => {
      if (!(Number(minutes) > 0)) throw new UsageError("--minutes takes a number");
      const say = (text: string) => io.stderr.write(text);
      const env = { ...io.env, GITOPS_ENGINE: undefined };
      const known = await findEngine(env);
      if (known !== undefined) {
        io.stdout.write(`the engine is there: ${known.program}\n`);
        return done(exitCode.done);
      }
      const go = fetch ? null : Bun.which("go", { PATH: io.env["PATH"] ?? "" });
      const place = go === null ? await released(say) : await buildEngine(env, go, Number(minutes) * 60_000, say);
      io.stdout.write(`the engine is ready: ${place}\n`);
      done(exitCode.done);

      async function released(tell: (text: string) => void): Promise<string> {
        const release = await engineRelease();
        if (release?.identity !== (await engineIdentity())) {
          const why = fetch ? "--fetch was asked for" : "go is not on PATH";
          throw new ToolError(
            `${why}, and no release was made of this version of engine/ (it would lie at ${enginePlace(env, await engineIdentity())}): install Go 1.26, or go on without: the stock programs do the same, slower`,
          );
        }
        return fetchEngine(env, release, tell);
      }
    }),
);

if (import.meta.main) await main(run);
