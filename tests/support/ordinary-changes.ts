/** What people do to this repository every day, as changes to a copy of it. Names come from the copy, never from here. */
import { rename } from "node:fs/promises";
import path from "node:path";

import { run as bumpImage } from "../../scripts/bump-image.ts";
import { run as hold } from "../../scripts/hold.ts";
import type { Run } from "../../scripts/lib/command/run.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { type ImageFile, imageFiles } from "../../scripts/lib/image/deployed.ts";
import { environmentValues, serviceValueFiles } from "../../scripts/lib/repo/layout.ts";
import { heading } from "../../scripts/lib/repo/modeline.ts";
import { clustersOf } from "../../scripts/lib/tenant/lookup.ts";
import { run as newService } from "../../scripts/new-service.ts";
import { run as newTenant } from "../../scripts/new-tenant.ts";
import { run as offboardTenant } from "../../scripts/offboard-tenant.ts";
import { run as placeTenant } from "../../scripts/place-tenant.ts";
import { run as promote } from "../../scripts/promote.ts";
import { run as rollback } from "../../scripts/rollback.ts";
import { run as secrets } from "../../scripts/secrets.ts";
import { run as updateTenant } from "../../scripts/update-tenant.ts";
import { run as validate } from "../../scripts/validate.ts";
import { git } from "./git-server.ts";
import { runIn, type TestRepository } from "./repository.ts";

/** Random choices that can be repeated. */
export interface Random {
  below: (limit: number) => number;
  one: <T>(list: readonly T[]) => T;
}

/** A linear congruential generator (Numerical Recipes): the same seed makes the same changes everywhere. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, one: (list) => list[below(list.length)]! };
}

interface Copy extends TestRepository {
  /** What it holds now. */
  read: TestRepository["read"];
}

/** What a change did, for the message of a failure; undefined where there was nothing to do it to. */
type OrdinaryChange = (copy: Copy, random: Random, repository: Repository) => Promise<string | undefined>;

/** Runs a command; what it refuses for a reason of its own is no change, anything else than that is a failure. */
async function command(copy: Copy, run: Run, argv: readonly string[], env = {}, input?: string) {
  const { code, stdout, stderr } = await runIn(copy, run, argv, env, undefined, input);
  if (code === 2 || (code === 0 && stdout === "") || (code === 1 && /skipped|nothing was written/.test(stderr)))
    return undefined;
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
  return argv.join(" ");
}

const digestOf = ({ below }: Random) => `sha256:${Array.from({ length: 64 }, () => below(16).toString(16)).join("")}`;
const where = ({ cluster, tenant }: ImageFile) =>
  tenant === undefined ? ["--cluster", cluster] : ["--tenant", tenant];
const letters = ({ below }: Random) => Array.from({ length: 8 }, () => String.fromCharCode(97 + below(26))).join("");

/** What a bump takes where a version comes by promotion. */
const hotfix = ({ documents }: Repository, { environment }: ImageFile) =>
  documents.environments.get(environment)?.document.spec.promotesFrom === undefined
    ? []
    : ["--skip-promotion", "--reason", "OPS-3: an ordinary hotfix"];

const higher = (tag: string, { below }: Random) =>
  tag.replace(
    /^(v?\d+\.)(\d+)\..*$/,
    (_all, major: string, minor: string) => `${major}${Number(minor) + 1}.${below(9)}`,
  );

/** Adds a setting to a values file, or makes the file. */
async function setValue(copy: Copy, { tree }: Repository, file: string, key: string): Promise<void> {
  const text = tree.has(file) ? await copy.read(file) : heading(file);
  const body = /^env:\n/m.test(text)
    ? text.replace(/^env:\n/m, `env:\n  ${key}: "1"\n`)
    : `${text}env:\n  ${key}: "1"\n`;
  await copy.write(file, body.replace(/^\{\}\n/m, ""));
}

const facts = (repository: Repository, kind: "clusters" | "environments" | "tenants") => [
  ...repository.documents[kind].keys(),
];

/** By name; the first six are what the short test makes. */
export const ordinaryChanges: Record<string, OrdinaryChange> = {
  bump: (copy, random, repository) => {
    const image = random.one(imageFiles(repository));
    const to = ["--tag", higher(image.tag, random), "--digest", digestOf(random)];
    return command(copy, bumpImage, ["--service", image.service, ...where(image), ...to, ...hotfix(repository, image)]);
  },
  "new tenant": (copy, random, repository) => {
    const shared = [...repository.documents.clusters].filter(
      ([, { document }]) => document.spec.model === "multi-tenant",
    );
    const id = letters(random);
    const who = [
      "--display-name",
      "A Customer",
      "--owner",
      `@murima2025/${id}`,
      "--contact",
      "technical=it@customer.example",
    ];
    const isolation = random.one(["schema", "database", "dedicated"]);
    const plan = isolation === "dedicated" ? "enterprise" : random.one(["starter", "business", "enterprise"]);
    const at = ["--cluster", random.one(shared)[0], "--isolation", isolation, "--plan", plan, "--limit", "agents=3"];
    return command(copy, newTenant, [id, ...who, ...at]);
  },
  "placed tenant": (copy, random, repository) => {
    const tenant = random.one(facts(repository, "tenants"));
    return command(copy, placeTenant, [tenant, "--cluster", random.one(facts(repository, "clusters"))]);
  },
  "a secret set": async (copy, random, { tree }) => {
    const published = tree.paths.filter((file) => file.endsWith("/published.agekey"));
    if (published.length === 0) return undefined;
    const folder = path.posix.dirname(random.one(published));
    const files = tree.below(`${folder}/platform/secrets`).filter((file) => file.endsWith(".sops.yaml"));
    const file = random.one(files);
    const key = /AGE-SECRET-KEY-\S+/.exec(await copy.read(`${folder}/published.agekey`))![0];
    return command(
      copy,
      secrets,
      ["set", file, "spec.secrets.0.stringData.ordinary", "--new"],
      { SOPS_AGE_KEY: key },
      letters(random),
    );
  },
  "new service": (copy, random, repository) => {
    const name = `${letters(random)}-service`;
    const image = ["--tag", "v1.0.0", "--digest", digestOf(random), "--purpose", "An ordinary service."];
    return command(copy, newService, [name, ...image, "--cluster", random.one(facts(repository, "clusters"))]);
  },
  "a cluster renamed": async (copy, random, repository) => {
    const [from, to] = [random.one(facts(repository, "clusters")), `${letters(random)}-eu9`];
    await rename(path.join(copy.root, "clusters", from), path.join(copy.root, "clusters", to));
    for (const tenant of facts(repository, "tenants"))
      if (clustersOf(repository, tenant).includes(from))
        await rename(path.join(copy.root, "tenants", tenant, from), path.join(copy.root, "tenants", tenant, to));
    // As a person does: every mention, in documents and pages as well. Tests name no live cluster.
    const named = new RegExp(`(?<![a-z0-9-])${from}(?![a-z0-9-])`, "g");
    for (const file of git(copy.root, "ls-files", "--cached", "--others", "--exclude-standard").split("\n")) {
      if (file === "" || file.startsWith("tests/") || file.endsWith(".test.ts")) continue;
      const text = await copy.read(file).catch(() => undefined);
      if (text !== undefined && named.test(text)) await copy.write(file, text.replaceAll(named, to));
    }
    await runIn(copy, validate, ["--fix"]);
    return `${from} is ${to}`;
  },
  hold: (copy, random, repository) => {
    const image = random.one(imageFiles(repository));
    return command(copy, hold, ["--service", image.service, ...where(image), "--reason", "OPS-1: an ordinary hold"]);
  },
  rollback: async (copy, random, repository) => {
    const image = random.one(imageFiles(repository));
    const own = ["--service", image.service, ...where(image)];
    const to = ["--tag", higher(image.tag, random), "--digest", digestOf(random)];
    await command(copy, bumpImage, [...own, ...to, ...hotfix(repository, image)]);
    return command(copy, rollback, [...own, "--to", "HEAD", "--reason", "OPS-2: an ordinary rollback"]);
  },
  "frozen tenant": (copy, random, repository) => {
    const active = [...repository.documents.tenants].filter(([, { document }]) => document.spec.state === "active");
    if (active.length < 2) return Promise.resolve(undefined);
    return command(copy, offboardTenant, [random.one(active)[0], "--to", "frozen", "--reason", "an ordinary end"]);
  },
  "values of a layer": async (copy, random, repository) => {
    const { service, cluster, environment, tenant } = random.one(imageFiles(repository));
    const layers = serviceValueFiles({ service, cluster, environment }).filter((file) =>
      /(?<!image|secret-stamps)\.yaml$/.test(file),
    );
    const own =
      tenant === undefined ? layers : [...layers, `tenants/${tenant}/${cluster}/services/${service}/values.yaml`];
    const file = random.one(own);
    // An environment that mirrors another gets the same.
    const { environments } = repository.documents;
    const mirrored = [...environments].flatMap(([name, { document }]) => {
      const pair = [name, document.spec.mirrors?.environment ?? name].map(environmentValues);
      return pair.includes(file) ? pair : [];
    });
    const key = `FLAG_${letters(random).toUpperCase()}`;
    for (const target of new Set([file, ...mirrored])) await setValue(copy, repository, target, key);
    return `${key} in ${file}`;
  },
  promote: (copy, random, repository) => {
    const to = random.one(
      [...repository.documents.environments.values()].filter(({ document }) => document.spec.promotesFrom),
    );
    const { promotesFrom } = to.document.spec;
    return command(copy, promote, ["--from", promotesFrom!, "--to", to.document.metadata.name]);
  },
  release: (copy, random, repository) => {
    const held = imageFiles(repository).filter((image) => image.hold !== undefined);
    if (held.length === 0) return Promise.resolve(undefined);
    const image = random.one(held);
    return command(copy, hold, ["--release", "--service", image.service, ...where(image)]);
  },
  "updated tenant": (copy, random, repository) => {
    const tenant = random.one(facts(repository, "tenants"));
    return command(copy, updateTenant, [
      tenant,
      "--limit",
      `agents=${1 + random.below(5)}`,
      "--ring",
      String(1 + random.below(3)),
    ]);
  },
};

/** Makes so many changes of random kinds, each committed; says what they were. */
export async function makeOrdinaryChanges(copy: Copy, count: number, seed: number): Promise<string[]> {
  const random = randomOf(seed);
  const done: string[] = [];
  const kinds = Object.keys(ordinaryChanges);
  // Every kind comes once before any comes twice; which it is then is chance. Some refuse some choices: others may do.
  for (let tries = 0; done.length < count; tries++) {
    if (tries > count * 20)
      throw new Error(`with seed ${seed} there are only ${done.length} changes: ${done.join("; ")}`);
    const kind = kinds[done.length] ?? random.one(kinds);
    const repository = await Repository.read(copy.root, { env: process.env });
    const made = await ordinaryChanges[kind]!(copy, random, repository);
    if (made === undefined) continue;
    git(copy.root, "add", "--all");
    git(copy.root, "commit", "--quiet", "--allow-empty", "--message", kind);
    done.push(`${kind}: ${made}`);
  }
  return done;
}
