import { expect, test } from "bun:test";
import path from "node:path";

import fc from "fast-check";

import { full } from "../../../tests/support/repository.ts";
import { ToolError } from "../core/errors.ts";
import { run } from "./process.ts";

const print = ["-e", "console.log(JSON.stringify(process.argv.slice(1)))", "--"];

test("F-05: a program receives its arguments byte for byte", async () => {
  const argument = fc.string({ maxLength: 12 }).filter((text) => !text.includes("\0") && text !== "");
  const wild = fc.constantFrom(
    "$(id)",
    "`id`",
    "; rm -rf /",
    '"',
    "'",
    "\n",
    "--upload-pack=x",
    "*",
    "\\",
    "é😀",
    " ",
    "${HOME}",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(argument, wild), { minLength: 1, maxLength: 6 }), async (args) => {
      const { stdout } = await run([process.execPath, ...print, ...args]);
      expect(JSON.parse(stdout)).toEqual(args);
    }),
    { numRuns: full ? 300 : 15, seed: 5 },
  );
});

test("a program that hangs is killed, with what it started", async () => {
  const started = performance.now();
  const hanging = run(["sh", "-c", "sleep 60 & echo $!; wait"], { timeout: 300 });
  expect(hanging).rejects.toThrow(new ToolError("sh did not end within 0.3 s"));
  await hanging.catch(() => {});
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("a program that floods is killed", () => {
  expect(run(["yes"], { limit: 100_000 })).rejects.toThrow(new ToolError("yes printed more than 100000 bytes"));
});

test("a program that is not there is a tool that failed", () => {
  expect(run(["/nowhere/program"])).rejects.toThrow(ToolError);
});

test("no shell is needed, and none sees the arguments", async () => {
  const script = `import { run } from ${JSON.stringify(path.join(import.meta.dirname, "process.ts"))};
    process.stdout.write((await run(["/bin/echo", "$HOME; id", "*"])).stdout);`;
  const { stdout, exitCode } = await run([process.execPath, "-e", script], { env: { PATH: "/nowhere" } });
  expect([stdout, exitCode]).toEqual(["$HOME; id *\n", 0]);
});
