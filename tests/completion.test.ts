/** Completion of "bun run ..." in real shells: names out of the tree, options out of each command's own help. */
import { describe, expect, test } from "bun:test";
import path from "node:path";

import { run as completion } from "../scripts/completion.ts";
import { candidatesOf, type Names } from "../scripts/lib/command/completion.ts";
import { checkout, cluster } from "./support/fleet.ts";
import { runIn, sampleRepository } from "./support/repository.ts";

const names: Names = {
  clusters: ["prod-a", "prod-b"],
  tenants: ["wonka", "$(touch owned)"],
  services: ["case-service"],
  environments: ["dev", "prod"],
  addons: ["argocd"],
  revisions: ["HEAD", "main"],
};
const help = `Usage: x [options]

Options:
  --cluster <name>     only this one
  --format <format>    output format (choices: "text", "json", default: "text")
  --wide               all of it
  -h, --help           display help for command
`;
const complete = (...words: string[]) => candidatesOf(words, ["promote", "prune", "show"], help, names);

describe("candidates", () => {
  test.each<[words: string[], found: string[]]>([
    [["pr"], ["promote", "prune"]],
    [
      ["promote", "--"],
      ["--cluster", "--format", "--help", "--wide"],
    ],
    [
      ["promote", "--cluster", ""],
      ["prod-a", "prod-b"],
    ],
    [["promote", "--format", "j"], ["json"]],
    [["promote", "--wide", "--cl"], ["--cluster"]],
    [["show", "w"], ["wonka"]],
    [
      ["show", "prod-a", ""],
      ["--cluster", "--format", "--help", "--wide"],
    ],
    [["nothing", "x"], []],
  ])("%p", (words, found) => expect(complete(...words)).toEqual(found));

  test("what a shell would take for more than a word is none", () => {
    expect(complete("show", "$")).toEqual([]);
    expect(complete("show", "")).not.toContain("$(touch owned)");
  });
});

/** Asks a shell what it completes a line to, as somebody who presses the tabulator; undefined where it is not installed. */
const scripts: Record<string, (root: string) => string> = {
  bash: (root) => `cd ${root}
source <(${process.execPath} scripts/completion.ts bash)
COMP_WORDS=(bun run show --format js); COMP_CWORD=4; _gitops_bun; echo "\${COMPREPLY[@]}"
COMP_WORDS=(bun run validate --cluster ${cluster.dev.slice(0, 4)}); COMP_CWORD=4; _gitops_bun; echo "\${COMPREPLY[@]}"
COMP_WORDS=(bun add x); COMP_CWORD=2; _gitops_bun; echo "\${COMPREPLY[@]}"
cd /; COMP_WORDS=(bun run x); COMP_CWORD=2; _gitops_bun; echo "\${COMPREPLY[@]}"`,
  fish: (root) => `cd ${root}
${process.execPath} scripts/completion.ts fish | source
complete -C 'bun run show --format js'
complete -C 'bun run validate --cluster ${cluster.dev.slice(0, 4)}'`,
  zsh: (root) => `cd ${root}
compdef() { }; compadd() { shift; print -r -- \${(P)1[@]} }
source <(${process.execPath} scripts/completion.ts zsh)
words=(bun run show --format js); CURRENT=5; _gitops_bun
words=(bun run validate --cluster ${cluster.dev.slice(0, 4)}); CURRENT=5; _gitops_bun`,
};

describe.each(Object.keys(scripts))("in %s", (shell) => {
  const program = Bun.which(shell);
  test.skipIf(program === null)("a value of an option, and a name of the tree", async () => {
    const bin = path.dirname(process.execPath);
    const child = Bun.spawnSync([program!, "-c", scripts[shell]!(checkout)], {
      env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
    });
    const lines = child.stdout.toString().split("\n");
    expect([lines[0], child.stderr.toString()]).toEqual(["json", ""]);
  });
});

test("names are those of the folders, also where what is in them is broken", async () => {
  await using fleet = await sampleRepository();
  await fleet.write(`clusters/${cluster.dev}/facts/cluster.yaml`, "broken: [");
  const { code, stdout } = await runIn(fleet, completion, ["words", "--", "show", cluster.dev.slice(0, 3)]);
  expect([code, stdout.split("\n")]).toEqual([0, expect.arrayContaining([cluster.dev])]);
});
