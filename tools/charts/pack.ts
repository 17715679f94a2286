import path from "node:path";

import { packArchive } from "../../scripts/lib/addon/archive.ts";
import { manifestChart, releasedFile } from "../../scripts/lib/addon/manifest-chart.ts";
import { ToolError } from "../../scripts/lib/core/errors.ts";
import { stringsAt } from "../../scripts/lib/core/json.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { run } from "../../scripts/lib/io/process.ts";
import { documentFile } from "../../scripts/lib/repo/document-kinds.ts";
import { chartModules } from "./modules.ts";

type Env = Record<string, string | undefined>;

/** What upstream's releases leave out: tests of the chart, and what makes it. */
const unreleased = /^(ci|tests|templates\/tests)\/|^(OWNERS|README\.md\.gotmpl|README\.template\.md|\.helmignore)$/;

/** Addons whose charts can be packed here. */
export const packable = Object.keys(chartModules).toSorted();

const packed = new Map<string, Promise<Uint8Array | undefined>>();

/** The archive of an addon's chart, packed out of its Go module: the same bytes each time. Undefined without Go or network. */
export function packChart(addon: string, env: Env): Promise<Uint8Array | undefined> {
  let found = packed.get(addon);
  if (found === undefined) packed.set(addon, (found = pack(addon, env)));
  return found;
}

async function pack(addon: string, env: Env): Promise<Uint8Array | undefined> {
  const { module, folder, chart, version, within = {}, release = {}, renamed = {} } = chartModules[addon]!;
  const root = await moduleFolder(module, env);
  if (root === undefined) return undefined;
  if (folder === undefined) {
    const roots = new Map([["", root]]);
    for (const [prefix, other] of Object.entries(within)) {
      const own = await moduleFolder(other, env);
      if (own === undefined) return undefined;
      roots.set(prefix, own);
    }
    const read = async (file: string) => {
      const prefix = [...roots.keys()].findLast((start) => file.startsWith(start))!;
      return [
        file,
        await Bun.file(path.join(roots.get(prefix)!, releasedFile(file.slice(prefix.length), version))).bytes(),
      ] as const;
    };
    return manifestChart({ chart, version, files: new Map(await Promise.all((await manifestsOf(addon)).map(read))) });
  }
  const { tree, findings } = await readTree(root, [folder]);
  if (findings.length > 0 || !tree.has(`${folder}/Chart.yaml`))
    throw new ToolError(`${module} has no chart in ${folder}`);
  const files = new Map<string, Uint8Array>();
  for (const file of tree.paths) {
    const name = file.slice(folder.length + 1);
    if (!unreleased.test(name)) files.set(renamed[name] ?? name, tree.bytes(file));
  }
  for (const [name, replacements] of Object.entries(release)) {
    let text = new TextDecoder().decode(files.get(name));
    for (const [from, to] of replacements) text = text.replace(from, to);
    files.set(name, new TextEncoder().encode(text));
  }
  if (
    !new RegExp(`^version: "?${RegExp.escape(version)}"?$`, "m").test(new TextDecoder().decode(files.get("Chart.yaml")))
  )
    throw new ToolError(`${module}: its ${folder} is not ${version}`);
  return packArchive(chart, files);
}

/** Files of plain manifests that an addon is made of. */
async function manifestsOf(addon: string): Promise<string[]> {
  const file = path.join(import.meta.dir, "../..", documentFile("Addon", { addon }));
  const manifests = stringsAt(Bun.YAML.parse(await Bun.file(file).text()), "spec", "source", "manifests");
  if (manifests.length === 0) throw new ToolError(`${addon} names no manifests, and its module no chart`);
  return manifests;
}

/** Where the files of a module are; they are there also where this Go is too old to build it. */
async function moduleFolder(module: string, env: Env): Promise<string | undefined> {
  const go = Bun.which("go", { PATH: env["PATH"] ?? "" });
  if (go === null) return undefined;
  const download = await run([go, "mod", "download", "-json", module], { cwd: "/", timeout: 300_000 });
  const said = answerOf(download.stdout);
  if (said.Dir !== undefined && said.Dir !== "") return said.Dir;
  const cache = (await run([go, "env", "GOMODCACHE"], { cwd: "/", timeout: 30_000 })).stdout.trim();
  const folder = path.join(cache, module);
  return (await Bun.file(path.join(folder, "go.mod")).exists()) ? folder : undefined;
}

function answerOf(stdout: string): { Dir?: string } {
  try {
    return JSON.parse(stdout) as { Dir?: string };
  } catch {
    return {};
  }
}
