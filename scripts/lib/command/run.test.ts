/** What happens to a command as a process: pipes that close, signals, disks that are full, homes that are not there. */
import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { checkout } from "../../../tests/support/fleet.ts";
import { repository, sampleRepository } from "../../../tests/support/repository.ts";

const command = (name: string, ...args: string[]) => [
  process.execPath,
  path.join(checkout, `scripts/${name}.ts`),
  ...args,
];

async function shell(script: string, cwd: string, env: Record<string, string> = {}) {
  const child = Bun.spawn(["bash", "-c", script], {
    cwd,
    env: { ...process.env, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

describe("C-03", () => {
  test("a reader that has seen enough is no failure", async () => {
    await using fleet = await sampleRepository();
    const { code, stdout, stderr } = await shell(
      `set -o pipefail; ${command("render").join(" ")} | head -2; exit \${PIPESTATUS[0]}`,
      fleet.root,
    );
    expect([code, stdout.split("\n").length, stderr]).toEqual([0, 3, ""]);
  });

  test("a closed stdout is survived", async () => {
    await using fleet = await sampleRepository();
    const { code, stderr } = await shell(`${command("validate").join(" ")} >&-`, fleet.root);
    expect([code === 0 || code === 1, stderr.includes("mistake in validate itself")]).toEqual([true, false]);
  });

  test("without a home the cache is the system's idea of one, or none", async () => {
    await using fleet = await sampleRepository();
    const { code } = await shell(
      `env -u HOME -u XDG_CACHE_HOME ${command("validate", "--cluster", "dev-shared").join(" ")}`,
      fleet.root,
      { XDG_CACHE_HOME: "" },
    );
    expect(code).toBe(0);
  });

  test("a full disk while rendering to a folder: the folder before it stays, nothing is left beside it", async () => {
    await using fleet = await sampleRepository();
    const render = command("render", "--out", "out").join(" ");
    expect((await shell(render, fleet.root)).code).toBe(0);
    const written = async () => (await readdir(path.join(fleet.root, "out"), { recursive: true })).toSorted();
    const before = await written();
    // A limit on the size of a file is as good as a full disk to a writer.
    const { code, stderr } = await shell(`trap '' XFSZ; ulimit -f 1; ${render}`, fleet.root);
    expect([code, stderr]).toEqual([3, expect.stringContaining("EFBIG")]);
    expect(await written()).toEqual(before);
    expect((await readdir(fleet.root)).filter((name) => name.startsWith("out."))).toEqual([]);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} ends it, and leaves no folder and no program behind`, async () => {
      await using fleet = await sampleRepository();
      await using temporary = await repository();
      await fleet.write("helm", `#!/bin/sh\n[ "$1" = version ] && echo v4.2.3 && exit\ntouch started; sleep 47\n`);
      await Bun.$`chmod +x ${path.join(fleet.root, "helm")}`;
      const env = { ...process.env, TMPDIR: temporary.root, GITOPS_HELM: path.join(fleet.root, "helm") };
      const child = Bun.spawn(command("validate", "--no-cache"), {
        cwd: fleet.root,
        env,
        stdout: "ignore",
        stderr: "ignore",
      });
      const isStarted = async () =>
        (await readdir(temporary.root, { recursive: true })).some((name) => name.endsWith("/started"));
      while (!(await isStarted())) await Bun.sleep(20);
      child.kill(signal);
      await child.exited;
      expect(child.signalCode).toBe(signal);
      expect(await readdir(temporary.root)).toEqual([]);
      const { stdout } = await shell("ps -eo args | grep -c '[s]leep 47' || true", fleet.root);
      expect(stdout.trim()).toBe("0");
    });
  }
});

test("a mistake of ours is exit code 70, and says so", async () => {
  const script = `import { main, runnable } from ${JSON.stringify(path.join(checkout, "scripts/lib/command/run.ts"))};
    import { Command } from "@commander-js/extra-typings";
    await main(runnable(() => new Command("broken").action(() => { throw new TypeError("oops"); })));`;
  const child = Bun.spawn([process.execPath, "-e", script], { cwd: checkout, stderr: "pipe" });
  const said = await child.stderr.text();
  expect([await child.exited, said]).toEqual([70, expect.stringContaining("internal error in broken")]);
});
