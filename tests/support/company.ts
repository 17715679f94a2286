/** The whole checkout as a throw-away repository on the frozen fleet, and names of a company that nothing here has. */
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Names } from "../../scripts/lib/adopt/names.ts";
import { trackedFiles } from "../../scripts/lib/io/checkout.ts";
import { readTree } from "../../scripts/lib/io/files.ts";
import { companyFile, fleetFolders, generatedFiles } from "../../scripts/lib/repo/layout.ts";
import { Sources } from "../../scripts/lib/repo/sources.ts";
import { checkout, fleetFiles } from "./fleet.ts";
import { git } from "./git-server.ts";
import { repository, type TestRepository } from "./repository.ts";

/** Taken apart, because a name that this file has would be a name that the repository has. */
const word = (...parts: string[]) => parts.join("");

export const other: Names = {
  displayName: word("Hal", "cyon De", "sk"),
  organisation: word("zeph", "yrine"),
  repository: "rollout",
  domain: word("hal", "cyon-desk.example"),
  mail: word("post.hal", "cyon.example"),
  registry: word("images.quil", "lon.example"),
  apiGroup: word("fleet.quil", "lon.example"),
  labelPrefix: word("k8s.quil", "lon.example"),
  namespace: word("al", "cove"),
};

/** Whose this checkout is. */
export async function ownNames(): Promise<Names> {
  const { tree } = await readTree(checkout, ["apps"]);
  return (new Sources(tree).data(companyFile) as unknown as { spec: Names }).spec;
}

export function answers(names: Partial<Names>, keep = ""): string {
  const fields = Object.entries(names).map(([field, value]) => `  ${field}: ${value}\n`);
  return `---\nkind: Adoption\nspec:\n${fields.join("")}${keep}`;
}

/** Everything that is tracked here, but the fleet is some clusters of the frozen one; a clone with one commit. */
export async function wholeRepository(clusters: readonly string[]): Promise<TestRepository> {
  const isFleet = (file: string) =>
    generatedFiles.some((own) => own === file) || fleetFolders.some((folder) => file.startsWith(`${folder}/`));
  const tracked = await trackedFiles(checkout);
  const executable = tracked.filter((file) => file.executable).map((file) => file.path);
  const company = tracked.filter((file) => file.path === companyFile || file.path === "docs/addons.md");
  const files = [
    ...tracked.filter((file) => !isFleet(file.path)),
    ...[...(await fleetFiles(clusters))].map(([file, bytes]) => ({ path: file, bytes })),
    ...company,
  ];
  const made = await repository();
  const folders = new Set(files.map((file) => path.dirname(path.join(made.root, file.path))));
  await Promise.all([...folders].map((folder) => mkdir(folder, { recursive: true })));
  await Promise.all(files.map((file) => writeFile(path.join(made.root, file.path), file.bytes)));
  Bun.spawnSync(["chmod", "+x", ...executable], { cwd: made.root });
  Bun.spawnSync(["ln", "-s", path.join(checkout, "node_modules"), "node_modules"], { cwd: made.root });
  git(made.root, "init", "--quiet", "--initial-branch=main");
  await made.write(".git/info/exclude", "node_modules\n");
  git(made.root, "add", "--all");
  git(made.root, "commit", "--quiet", "--message=as it was");
  return made;
}
