/**
 * Runs a command and kills its own process at one of the steps in which it changes the disk:
 *
 *   bun tests/support/crash.ts STEP COMMAND ARGUMENTS...
 *
 * With the step 0 it ends as usual, and says on its last line how many steps there were. Where CRASH_COPIES names a folder,
 * each step leaves a copy of the repository in it as it lies there at that moment: what kill -9 would leave.
 */
import { cpSync } from "node:fs";
import path from "node:path";

import { processIo } from "../../scripts/lib/command/io.ts";
import type { Run } from "../../scripts/lib/command/run.ts";
import { watch } from "../../scripts/lib/io/apply.ts";
import { closeLineProcesses } from "../../scripts/lib/io/line-process.ts";

const [step, command, ...argv] = process.argv.slice(2) as [string, string, ...string[]];
const copies = process.env["CRASH_COPIES"];
const io = processIo();
let done = 0;
watch.step = () => {
  done++;
  if (copies !== undefined) cpSync(io.cwd, path.join(copies, String(done)), { recursive: true });
  if (done === Number(step)) process.kill(process.pid, "SIGKILL");
};
const { run } = (await import(`../../scripts/${command}.ts`)) as { run: Run };
process.exitCode = await run(argv, io);
closeLineProcesses();
if (step === "0") process.stdout.write(`${done} steps\n`);
