/**
 * Runs the tests, then says how many passed in one line that is the same everywhere. Arguments go to bun test:
 *
 *   bun run test scripts/lib/yaml
 */
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { type CommandIo, processIo } from "./lib/command/io.ts";
import { type ExitCode, exitCode } from "./lib/core/errors.ts";
import { shareEngine } from "./lib/io/engine-program.ts";
import { temporaryFolder } from "./lib/io/files.ts";
import { memoryFolder } from "./lib/io/memory.ts";

/** How long each file takes: one that takes a minute and comes last would leave all other cores idle for it. */
const timings = "tests/timings.json";

const help = `Usage: test [arguments...]

Run the tests with a cache of their own, those that take longest first. Arguments go to bun test.

Options:
  -h, --help  display help for command

Examples:
  bun run test
  bun run test scripts/lib/yaml
  bun run test tests/chart.test.ts --test-name-pattern ports
  bun run test --update-timings             (notes how long each file took, where that has changed much)

bun run test:long runs properties and attacks at their full count. Ends with 0 if every test passed, 1 otherwise.
`;

export async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  if (argv.some((argument) => argument === "--help" || argument === "-h")) {
    io.stdout.write(help);
    return exitCode.done;
  }
  // What an earlier run left in the user's cache must not decide whether a test passes. Tests make a thousand throw-away
  // repositories: in memory, where there is room, they take less than half of the time.
  const folder = (await memoryFolder("test", 4 * 1024 ** 3)) ?? (await temporaryFolder("test"));
  try {
    return await runTests(argv, io, folder.path);
  } finally {
    await folder.remove();
  }
}

async function runTests(argv: readonly string[], io: CommandIo, folder: string): Promise<ExitCode> {
  const [cache, temporary] = ["cache", "temporary"].map((name) => path.join(folder, name)) as [string, string];
  await mkdir(temporary);
  // The engine is named by its sources, and no test makes one: what is built already is what they ask.
  await shareEngine(io.env, { ...io.env, XDG_CACHE_HOME: cache });
  // Workers keep what they loaded from file to file, which halves the time; the long run keeps files apart.
  const isolation = io.env["FULL"] === "1" ? "--isolate" : "--no-isolate";
  // What runs a few times over is not worth the last stage of optimising, which takes a sixth of the processor; thousands of
  // rounds of a property are.
  const compiler: Record<string, string> = io.env["FULL"] === "1" ? {} : { BUN_JSC_useFTLJIT: "0" };
  const options = ["--parallel", isolation, `--timings=${timings}`, "--timeout=120000"];
  const child = Bun.spawn([process.execPath, "test", ...options, ...argv], {
    cwd: io.cwd,
    env: {
      ...compiler,
      ...io.env,
      XDG_CACHE_HOME: cache,
      TMPDIR: temporary,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let said = "";
  const follow = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      said += text;
      io.stderr.write(text);
    }
  };
  await Promise.all([follow(child.stdout), follow(child.stderr), child.exited]);
  const count = (what: string) => Number(new RegExp(`^\\s*(\\d+) ${what}$`, "m").exec(Bun.stripANSI(said))?.[1] ?? 0);
  const [passed, failed, skipped] = [count("pass"), count("fail"), count("skip")];
  io.stdout.write(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}\n`);
  return child.exitCode === 0 && passed > 0 ? exitCode.done : exitCode.findings;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2), processIo());
