import { Command } from "@commander-js/extra-typings";
import { createColors } from "picocolors";

import { type CommandIo, lookOf } from "./lib/command/io.ts";
import { main, type Run, runnable } from "./lib/command/run.ts";
import { exitCode } from "./lib/core/errors.ts";
import { commandsText, descriptionIn } from "./lib/report/commands.ts";

/** Every command, by what a person is about. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  look: ["validate", "diff", "render", "show", "explain", "status", "page", "overdue", "doctor"],
  customers: ["tenants", "new-tenant", "onboard", "place-tenant", "update-tenant", "offboard-tenant"],
  releases: ["new-service", "bump-image", "promote", "rollback", "hold", "images"],
  addons: ["bump-chart", "charts"],
  secrets: ["secrets"],
  clusters: ["new-cluster", "checklist", "bootstrap", "retire-cluster", "reap", "bundle", "lab"],
  "this repository": ["adopt", "check", "fix", "test", "engine", "hooks", "bench", "verdict", "completion", "help"],
};

const own = "Show every command in a line.";

/** What a command says of itself, wide enough that no line is broken. */
export async function helpOf(name: string, io: CommandIo): Promise<string> {
  let said = "";
  const sink = { write: (text: string) => void (said += text), isTTY: false, columns: 1000 };
  const { run } = (await import(`./${name}.ts`)) as { run: Run };
  await run(["--help"], { ...io, env: {}, stdout: sink, stderr: sink });
  return said;
}

/** The first sentence of a command's own help. */
async function describe(name: string, io: CommandIo): Promise<string> {
  // A module that is being run can't wait for itself.
  return name === "help" ? own.replace(/\.$/, "") : descriptionIn(await helpOf(name, io));
}

/** What there is, in a line each. */
export const run = runnable((io, done) =>
  new Command("help")
    .description(own)
    .addHelpText("after", "\nExamples:\n  bun run help\n  bun run promote --help")
    .action(async () => {
      const described: [group: string, commands: [name: string, text: string][]][] = [];
      for (const [group, names] of Object.entries(groups)) {
        const commands: [string, string][] = [];
        for (const name of names) commands.push([name, await describe(name, io)]);
        described.push([group, commands]);
      }
      const { colour, width } = lookOf(io.stdout);
      io.stdout.write(commandsText(described, createColors(colour).bold, width));
      done(exitCode.done);
    }),
);

if (import.meta.main) await main(run);
