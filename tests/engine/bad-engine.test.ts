/** An engine that dies, hangs, or writes garbage is replaced once; then the Application is named, and nothing is passed. */
import { afterAll, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import path from "node:path";

import { Pool } from "../../scripts/lib/engine/pool.ts";
import { temporaryFolder } from "../../scripts/lib/io/files.ts";
import { closeLineProcesses, LineProcess } from "../../scripts/lib/io/line-process.ts";
import { run as validate } from "../../scripts/validate.ts";
import { cluster } from "../support/fleet.ts";
import { runIn, sampleRepository } from "../support/repository.ts";

const folder = await temporaryFolder("engine");
afterAll(async () => {
  closeLineProcesses();
  await folder.remove();
});

const greeting = '{"protocol":2,"helm":"4.2.3","kustomize":"0.21.1","kubernetes":"1.36.3"}';

/** An engine out of a few lines of shell. */
async function engine(name: string, script: string): Promise<string> {
  const file = path.join(folder.path, name);
  await Bun.write(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return file;
}

const cases: [name: string, script: string, says: RegExp][] = [
  ["dies", `echo '${greeting}'; read line; exit 7`, /the engine ended with exit code 7 \(twice\)/],
  ["is-killed", `echo '${greeting}'; read line; kill -9 $$`, /the engine was ended by SIGKILL \(twice\)/],
  ["hangs", `echo '${greeting}'; sleep 60`, /the engine did not answer within 1 s \(twice\)/],
  [
    "garbage",
    `echo '${greeting}'; while read line; do echo 'not JSON'; done`,
    /the engine wrote what is no answer \(twice\)/,
  ],
  [
    "another-id",
    `echo '${greeting}'; while read line; do echo '{"id":0,"result":{}}'; done`,
    /wrote what is no answer/,
  ],
  [
    "talks",
    `echo '${greeting}'; echo '{}'; echo '{}'; sleep 60`,
    /the engine (answered what nobody asked|wrote what is no answer)/,
  ],
  ["no-greeting", "echo hello; sleep 60", /the engine does not greet like the engine/],
  ["protocol", `echo '${greeting.replace('"protocol":2', '"protocol":9')}'; sleep 60`, /speaks protocol 9, not 2/],
  ["helm", `echo '${greeting.replace("4.2.3", "3.19.0")}'; sleep 60`, /has Helm 3\.19\.0; needed is/],
  [
    "memory",
    `echo '${greeting}'; read line; echo 'needs more than 1024 MiB of memory' >&2; exit 3`,
    /exit code 3: needs more than 1024 MiB/,
  ],
  [
    "panics",
    `echo '${greeting}'; id=0; while read line; do id=$(echo "$line" | sed 's/^{"id":\\([0-9]*\\).*/\\1/'); echo "{\\"id\\":$id,\\"failed\\":\\"panic: x\\"}"; done`,
    /the engine failed: panic: x/,
  ],
];

test.each(cases)("an engine that %s", async (name, script, says) => {
  await using repository = await sampleRepository([cluster.dev]);
  const env = { GITOPS_ENGINE: await engine(name, script), GITOPS_TIMEOUT: "1" };
  const { code, stdout, stderr } = await runIn(repository, validate, ["--cluster", cluster.dev], env);
  expect([code, `${stdout}${stderr}`]).toEqual([3, expect.stringMatching(says)]);
  expect(`${stdout}${stderr}`).toContain(`${cluster.dev}/root`);
});

test("one failure is no failure: what was asked is asked again", async () => {
  const real = process.env["GITOPS_ENGINE"];
  if (real === undefined || real === "off") return;
  const marker = path.join(folder.path, "marker");
  const file = await engine(
    "once",
    `if [ -e ${marker} ]; then exec ${real}; fi; touch ${marker}; echo '${greeting}'; read line; exit 1`,
  );
  await using repository = await sampleRepository([cluster.dev]);
  const { code } = await runIn(repository, validate, [], { GITOPS_ENGINE: file });
  expect(code).toBe(0);
});

test("an engine that is not there is a mistake of who named it", async () => {
  await using repository = await sampleRepository([cluster.dev]);
  const { code, stderr } = await runIn(repository, validate, [], { GITOPS_ENGINE: "/no/such/engine" });
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("GITOPS_ENGINE names /no/such/engine, which is not there"),
  ]);
});

test("those that ended while nobody asked them are replaced, and nothing has failed by that", async () => {
  const answering = `echo '${greeting}'; while read -r line; do id=\${line#*:}; echo '{"id":'"\${id%\\}*}"',"result":1}'; done`;
  const program = await engine("answering", answering);
  const start = () => new LineProcess(program, { PATH: process.env["PATH"] ?? "" });
  const job = { parts: [], message: () => ({}) };
  const pool = new Pool({ start, accept: () => undefined, most: 2, timeout: 5_000 });
  await Promise.all([pool.ask(job), pool.ask(job)]);
  closeLineProcesses();
  expect((await pool.ask(job)).result).toBe(1);
});
