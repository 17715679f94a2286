/** A runbook is read at night: all have one shape, and what they tell to type is there. */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { parseDocument } from "yaml";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import type { DefinedRun } from "../../scripts/lib/command/run.ts";
import { stringAt } from "../../scripts/lib/core/json.ts";
import { pathOf } from "../../scripts/lib/repo/address.ts";
import { checkout } from "../support/fleet.ts";
import { kubectlCall } from "../support/kubectl.ts";
import { blocksOf, headingsOf, inlineCodeOf, linksOf } from "../support/markdown.ts";
import { noTerminal } from "../support/repository.ts";
import { callsIn, placeholder } from "../support/shell.ts";

const index = "README";
const cards = "alerts";
const names = readdirSync(path.join(checkout, path.dirname(pathOf("runbook", { runbook: index }))))
  .map((file) => path.basename(file, ".md"))
  .filter((name) => name !== index && name !== cards)
  .toSorted();
const textOf = (runbook: string) => Bun.file(path.join(checkout, pathOf("runbook", { runbook }))).text();

const shape = ["When", "Who", "Before", "Steps", "How to see it worked", "Way back"];

/** Where kubectl does more than look, what it does, and why Git can't. */
const byHand: Readonly<Record<string, { verbs: readonly string[]; because: string }>> = {
  [cards]: { verbs: ["exec"], because: "rabbitmq-diagnostics only reads, and nothing else tells an alarm" },
  "break-glass": {
    verbs: ["annotate", "delete", "patch", "rollout restart", "scale"],
    because: "it is the page for what no pull request can do",
  },
  "cluster-installation": {
    verbs: ["apply", "create"],
    because: "before there is a network, there is no Argo CD to apply it",
  },
  "move-tenant": { verbs: ["exec"], because: "rows are in no repository" },
  "node-maintenance": {
    verbs: ["cordon", "delete", "drain", "uncordon"],
    because: "nodes are in no repository",
  },
  "restore-postgresql": { verbs: ["exec"], because: "rows are in no repository" },
};

/** Kinds that no file here holds: programs in the cluster make them. Group and kind of the definition. */
const madeInTheCluster: Readonly<Record<string, string>> = {
  backup: "postgresql.cnpg.io/Backup",
  certificaterequest: "cert-manager.io/CertificateRequest",
  challenge: "acme.cert-manager.io/Challenge",
  order: "acme.cert-manager.io/Order",
  perconaservermongodbbackup: "psmdb.percona.com/PerconaServerMongoDBBackup",
};

/** As everybody types them. */
const shortNames = ["deploy", "hpa", "psmdb", "pvc", "svc"];

/** Kinds that kubectl may be asked for: Kubernetes' own, those under contract, those made in the cluster. */
async function knownKinds(): Promise<Set<string>> {
  const contracts = [...new Bun.Glob("schemas/crds/*/*.json").scanSync(checkout)];
  const titles = await Promise.all(
    contracts.map(async (file) => stringAt(await Bun.file(path.join(checkout, file)).json(), "title") ?? ""),
  );
  const versions = [...new Bun.Glob("schemas/kubernetes/*.json").scanSync(checkout)];
  const resources = await Promise.all(
    versions.map(async (file) => {
      const packed = (await Bun.file(path.join(checkout, file)).json()) as { resources: { kind: string }[] };
      return packed.resources.map(({ kind }) => kind);
    }),
  );
  const kinds = [...titles, ...resources.flat()].map((kind) => kind.toLowerCase());
  return new Set([...kinds, ...Object.keys(madeInTheCluster), ...shortNames]);
}

const nowhere: CommandIo = {
  cwd: "/nowhere",
  env: {},
  stdin: noTerminal,
  stdout: { write: () => {}, isTTY: false, columns: 100 },
  stderr: { write: () => {}, isTTY: false, columns: 100 },
};

/** Why a command line of ours would be refused before it does anything; nothing of it is run. */
async function refusal(command: string, args: readonly string[]): Promise<string | undefined> {
  const file = path.join(checkout, "scripts", `${command}.ts`);
  if (!existsSync(file)) return `there is no command ${command}`;
  const { run } = (await import(file)) as { run: DefinedRun };
  const program = run.definition(nowhere);
  harmless(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? undefined : (error as Error).message;
  }
}

function harmless(command: CommandUnknownOpts): void {
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
  command.action(() => {});
  for (const own of command.commands) harmless(own);
}

/** Every call in fenced blocks and in prose, so that none hides; a command that prose only names is none. */
function callsOf(text: string): string[][] {
  const prose = inlineCodeOf(text).filter(
    (code) => /^(?:kubectl \S|bun run \S+ )/.test(code) && code.split(" ").length > 2,
  );
  return [...blocksOf(text, "sh"), ...prose].flatMap(callsIn);
}

test("there are runbooks", () => expect(names.length).toBeGreaterThan(20));

test("the index names every runbook once, and nothing else", async () => {
  const text = await textOf(index);
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  const named = linksOf(rows.join("\n")).map(({ page }) => path.basename(page, ".md"));
  expect(named.toSorted()).toEqual([cards, ...names].toSorted());
});

test.each(names)("%s has the shape of a runbook", async (name) => {
  const text = await textOf(name);
  expect(headingsOf(text, 1)).toHaveLength(1);
  expect(headingsOf(text, 2)).toEqual(shape);
  expect(text.split(/^## .*$/m).filter((part) => part.trim() === "")).toEqual([]);
  // Whoever types it is told what comes of it.
  expect(text).toContain("You see");
});

test.each(names)("YAML that %s shows is YAML", async (name) => {
  for (const block of blocksOf(await textOf(name), "yaml"))
    expect(parseDocument(block.replaceAll(placeholder, "name")).errors).toEqual([]);
});

describe.each([cards, ...names])("%s", (name) => {
  test("tells commands that are there, with options they have", async () => {
    const refused: string[] = [];
    for (const [program, ...args] of callsOf(await textOf(name))) {
      if (program !== "bun" || args[0] !== "run") continue;
      const [command = "", ...rest] = args.slice(1).filter((word) => word !== "--silent");
      const why = await refusal(command, rest);
      if (why !== undefined) refused.push(`bun run ${[command, ...rest].join(" ")}: ${why}`);
    }
    expect(refused).toEqual([]);
  });

  test("asks kubectl for kinds that are there, and only looks unless it says why", async () => {
    const kinds = await knownKinds();
    const allowed = byHand[name]?.verbs ?? [];
    const wrong: string[] = [];
    for (const [program, ...args] of callsOf(await textOf(name))) {
      if (program !== "kubectl") continue;
      const line = args.join(" ");
      const call = kubectlCall(args);
      if (!call.looks && !allowed.includes(call.verb)) wrong.push(`${line}: ${call.verb} is not for ${name}`);
      for (const kind of call.kinds)
        if (!kinds.has(kind) && !kinds.has(kind.replace(/s$/, ""))) wrong.push(`${line}: no kind ${kind}`);
    }
    expect(wrong).toEqual([]);
  });
});

test("what is allowed by hand is done there, with a reason", async () => {
  for (const [name, { verbs, because }] of Object.entries(byHand)) {
    const calls = callsOf(await textOf(name)).filter(([program]) => program === "kubectl");
    const done = new Set(calls.map(([, ...args]) => kubectlCall(args).verb));
    expect([name, verbs.filter((verb) => !done.has(verb))]).toEqual([name, []]);
    expect(because.length).toBeGreaterThan(10);
  }
});

const definitions = process.env["CRDS_DIR"] ?? "";
test.skipIf(!existsSync(definitions))("kinds made in the cluster are defined (CRDS_DIR)", async () => {
  const files = [...new Bun.Glob("**/*.yaml").scanSync(definitions)];
  const texts = await Promise.all(files.map((file) => Bun.file(path.join(definitions, file)).text()));
  for (const kind of Object.values(madeInTheCluster)) {
    const [group, name] = kind.split("/") as [string, string];
    const isDefined = texts.some(
      (text) => text.includes(`group: ${group}`) && new RegExp(`^ +kind: ${name}$`, "m").test(text),
    );
    expect([kind, isDefined]).toEqual([kind, true]);
  }
});

describe("what is wrong is seen", () => {
  test.each([
    ["status", ["--wyde"], "unknown option"],
    ["hold", ["--cluster"], "argument missing"],
    ["rollback", ["--service", "x", "--to", "HEAD~1"], "--reason"],
    ["secrets", ["rotat", "file"], "rotat"],
    ["update-tenant", ["x", "--plan", "gold"], "Allowed choices"],
    ["upgrade", [], "no command upgrade"],
  ])("bun run %s %j", async (command, args, why) => expect(await refusal(command, args)).toContain(why));

  test.each([
    ["kubectl -n stores get pod x", "get", true, ["pod"]],
    ["kubectl get --all-namespaces pods,events --output wide", "get", true, ["pods", "events"]],
    ["kubectl -n stores logs POD -c postgres", "logs", true, ["pod"]],
    ["kubectl -n murima logs deployment/x --since 5m", "logs", true, ["deployment"]],
    ["kubectl -n murima scale deployment x --replicas 0", "scale", false, ["deployment"]],
    ["kubectl -n murima rollout restart deployment x", "rollout restart", false, ["deployment"]],
    ["kubectl -n stores exec -i pod-1 -c db -- psql --dbname x", "exec", false, ["pod"]],
  ])("%s", (line, verb, looks, kinds) => {
    expect(kubectlCall(callsIn(line)[0]!.slice(1))).toEqual({ verb, looks, kinds });
  });

  test("a line is read as a shell would", () => {
    expect(callsIn(`A=1 x "two words" <name> > file # why\ny -a 'b|c' | z && cd /tmp\nv \\\n  w < in`)).toEqual([
      ["x", "two words", "name"],
      ["y", "-a", "b|c"],
      ["z"],
      ["cd", "/tmp"],
      ["v", "w"],
    ]);
  });
});
