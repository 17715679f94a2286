/** M8: what commands print fits the terminal it is printed on, and has colour where that is welcome. */
import { describe, expect, test } from "bun:test";

import { run as bumpChart } from "../scripts/bump-chart.ts";
import { run as bumpImage } from "../scripts/bump-image.ts";
import type { CommandIo } from "../scripts/lib/command/io.ts";
import { progressLine } from "../scripts/lib/command/progress.ts";
import type { Run } from "../scripts/lib/command/run.ts";
import { run as newTenant } from "../scripts/new-tenant.ts";
import { run as promote } from "../scripts/promote.ts";
import { run as status } from "../scripts/status.ts";
import { run as updateTenant } from "../scripts/update-tenant.ts";
import { run as validate } from "../scripts/validate.ts";
import { cluster, clusters } from "./support/fleet.ts";
import { noTerminal, sampleRepository } from "./support/repository.ts";

interface Terminal {
  columns?: number;
  isTTY?: boolean;
  env?: Record<string, string>;
}

/** What a command prints on a terminal. */
async function onTerminal(
  root: string,
  run: Run,
  argv: readonly string[],
  { columns = 80, isTTY = true, env = {} }: Terminal = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: "", stderr: "" };
  const sink = (name: keyof typeof said) => ({ write: (text: string) => void (said[name] += text), isTTY, columns });
  const { NO_COLOR: _none, FORCE_COLOR: _force, ...rest } = process.env;
  const io: CommandIo = {
    cwd: root,
    env: { ...rest, TERM: "xterm", ...env },
    stdin: noTerminal,
    stdout: sink("stdout"),
    stderr: sink("stderr"),
  };
  const code = await run(argv, io);
  return { code, ...said };
}

const escape = "\x1b";
const widest = (text: string) => Math.max(...text.split("\n").map((line) => Bun.stringWidth(line)));

describe("M8: colour", () => {
  const cases: [name: string, terminal: Terminal, isColoured: boolean][] = [
    ["a terminal", {}, true],
    ["a pipe", { isTTY: false }, false],
    ["NO_COLOR on a terminal", { env: { NO_COLOR: "1" } }, false],
    ["NO_COLOR that is empty", { env: { NO_COLOR: "" } }, true],
    ["TERM=dumb", { env: { TERM: "dumb" } }, false],
    ["FORCE_COLOR in CI", { isTTY: false, env: { FORCE_COLOR: "1" } }, true],
    ["FORCE_COLOR=0 on a terminal", { env: { FORCE_COLOR: "0" } }, false],
    ["NO_COLOR beside FORCE_COLOR", { env: { NO_COLOR: "1", FORCE_COLOR: "1" } }, false],
  ];
  for (const [name, terminal, isColoured] of cases) {
    test(name, async () => {
      await using fleet = await sampleRepository([cluster.dev]);
      const good = await onTerminal(fleet.root, status, [], terminal);
      const bad = await onTerminal(fleet.root, validate, ["--cluster", "nowhere"], terminal);
      expect([good.stdout.includes(escape), bad.stderr.includes(`${escape}[31m`)]).toEqual([isColoured, isColoured]);
    });
  }

  test("a terminal that knows no escapes gets no progress line", () => {
    let said = "";
    const sink = { write: (text: string) => void (said += text), isTTY: true, columns: 80, isLive: false };
    progressLine(sink, "rendering").update(1, 1);
    expect(said).toBe("");
    progressLine({ ...sink, isLive: true }, "rendering").update(1, 1);
    expect(said).toContain("rendering 1/1");
  });
});

test("a writer on a terminal says how far it is, and leaves nothing of that", async () => {
  await using fleet = await sampleRepository([cluster.dev]);
  const argv = [
    "--service",
    "frontend",
    "--environment",
    "dev",
    "--tag",
    "v9.9.9",
    "--digest",
    `sha256:${"a".repeat(64)}`,
  ];
  const { code, stderr } = await onTerminal(fleet.root, bumpImage, argv);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/rendering \d+\/\d+/)]);
  // What stands in a line in the end is what came after it was cleared.
  const left = stderr.split("\n").map((line) => line.split(`\r${escape}[K`).at(-1)!);
  expect(left.join("\n")).not.toContain("rendering ");
});

describe("M8: width", () => {
  test("the table of validate fits 80 columns, and says which columns it has no room for", async () => {
    await using fleet = await sampleRepository([cluster.sharedUs, cluster.hybrid, cluster.hybridSite]);
    const narrow = await onTerminal(fleet.root, validate, []);
    const table = narrow.stdout.split("\n\n")[0]!;
    expect(widest(narrow.stdout)).toBeLessThanOrEqual(80);
    expect(table).toContain("(too narrow for: kubernetes");
    const wide = await onTerminal(fleet.root, validate, [], { columns: 140 });
    expect(wide.stdout).toContain("kubernetes");
    expect(wide.stdout).not.toContain("too narrow");
  });

  test("reachability fits 80 and 40 columns: what has no room beside the matrix is below it, and nothing is left out", async () => {
    await using fleet = await sampleRepository([cluster.sharedUs]);
    const argv = ["--reachability"];
    const whole = await onTerminal(fleet.root, validate, argv, { columns: 300 });
    expect(whole.stdout).toMatch(/^murima +1 .*  outside$/m);
    const ways = [...whole.stdout.matchAll(/^ *\d* +(\S+) .*[·a-z?]  (.*\d)$/gm)].map(
      ([, from, way]) => `${from}: ${way}`,
    );
    expect(ways.length).toBeGreaterThan(3);
    for (const columns of [80, 40]) {
      const { stdout } = await onTerminal(fleet.root, validate, argv, { columns });
      expect(widest(stdout)).toBeLessThanOrEqual(columns);
      const words = stdout.replaceAll(/\s+/g, " ");
      for (const way of ways) expect(words).toContain(way);
    }
    const piped = await onTerminal(fleet.root, validate, argv, { isTTY: false });
    expect(piped.stdout).toBe(Bun.stripANSI(whole.stdout));
  });

  test("status says once what all services of a place run; --wide has a column for each", async () => {
    await using fleet = await sampleRepository(clusters);
    const folded = await onTerminal(fleet.root, status, []);
    expect(widest(folded.stdout)).toBeLessThanOrEqual(80);
    expect(folded.stdout).toMatch(/dev-shared .* all 4: v/);
    const all = await onTerminal(fleet.root, status, ["--wide"], { columns: 200 });
    expect(all.stdout.split("\n")[0]).toContain("auth");
  });

  test("status marks what lags, what is held and what differs", async () => {
    await using fleet = await sampleRepository([cluster.dev, cluster.staging]);
    await fleet.edit(`clusters/${cluster.dev}/services/frontend/image.yaml`, /tag: .*/, "tag: v9.9.9");
    await fleet.edit(
      `clusters/${cluster.dev}/services/case-service/image.yaml`,
      /$/,
      "  hold:\n    reason: it leaks\n    expires: '2099-01-01'\n",
    );
    const { stdout } = await onTerminal(fleet.root, status, []);
    expect(stdout).toContain(`${escape}[36mfrontend v9.9.9`);
    expect(stdout).toMatch(new RegExp(`${escape}\\[35mcase v\\S+ \\(held\\)`));
    expect(stdout).toContain(`${escape}[33m`);
  });

  for (const columns of [60, 80]) {
    test(`help fits ${columns} columns, and breaks between words`, async () => {
      for (const run of [newTenant, promote, validate]) {
        const { stdout } = await onTerminal("/", run, ["--help"], { columns });
        const { stdout: whole } = await onTerminal("/", run, ["--help"], { columns: 1000 });
        const prose = stdout.split("\n").filter((line) => !/^\s*bun run |\\$|^\s+--/.test(line));
        expect(widest(prose.join("\n"))).toBeLessThanOrEqual(columns);
        const words = (text: string) => text.split(/\s+/).join(" ");
        expect(words(stdout)).toBe(words(whole));
      }
    });
  }
});

describe("U-3: wrong arguments that commander finds are said like those that we find", () => {
  const cases: [run: Run, argv: string[], message: string][] = [
    [updateTenant, [], "error: missing required argument 'id'\n(bun run update-tenant --help)\n"],
    [bumpChart, [], "error: required option '--addon <name>' not specified\n(bun run bump-chart --help)\n"],
    [status, ["all"], "error: too many arguments. Expected 0 arguments but got 1: all.\n(bun run status --help)\n"],
  ];
  for (const [run, argv, message] of cases) {
    test(message.split("\n")[0]!, async () => {
      const { code, stderr } = await onTerminal("/", run, argv, { isTTY: false });
      expect([code, stderr]).toEqual([2, message]);
    });
  }
});
