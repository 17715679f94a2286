import path from "node:path";

import type { CommandIo } from "../../scripts/lib/command/io.ts";
import { Repository } from "../../scripts/lib/fleet/repository.ts";
import { readTree, temporaryFolder, writeWhole } from "../../scripts/lib/io/files.ts";
import type { Content } from "../../scripts/lib/repo/content.ts";
import { tenantFacts } from "../../scripts/lib/repo/layout.ts";
import { newIdentity } from "../../scripts/lib/secret/age-wrapping.ts";
import { verifySecrets } from "../../scripts/lib/secret/audit.ts";
import { encryptFile } from "../../scripts/lib/secret/file.ts";
import { syncSecrets } from "../../scripts/lib/secret/secrets.ts";
import { secretProblems } from "../../scripts/lib/secret/visible.ts";
import { sops, sopsProgram } from "../support/sops.ts";
import { modelOf } from "./support/model.ts";

const values = 20;
/** Files that sops itself is asked about: each starts a process. */
const beside = 100;
const now = "2026-11-23T10:00:00Z";

/** Encrypts, audits and syncs so many files of one tenant, and lets sops decrypt some of them one by one. */
export async function benchSecrets(io: CommandIo, sizes: readonly number[]): Promise<void> {
  const line = (cells: readonly (string | number)[]) => io.stdout.write(`| ${cells.join(" | ")} |\n`);
  const heads = ["files", `encrypted, ${values} values each, s`, "audited without keys, s", "verified with keys, s"];
  line([...heads, "recipients synced, s", `sops decrypt, ${beside} files, s`]);
  line([...heads, "", ""].map(() => "--:"));
  for (const size of sizes)
    line([
      size,
      ...(await measure(io, size)).map((time) => (time === undefined ? "no sops" : (time / 1000).toFixed(2))),
    ]);
}

async function measure(io: CommandIo, files: number): Promise<(number | undefined)[]> {
  io.stderr.write(`${files} files\n`);
  const folder = await temporaryFolder("bench");
  try {
    const { tree } = await readTree(io.cwd);
    const { cluster, environment, tenant } = await modelOf(io);
    const owner = await newIdentity();
    for (const file of tree.paths) {
      const own = tree.text(file);
      const isFacts = file === tenantFacts(tenant);
      await writeWhole(
        path.join(folder.path, file),
        isFacts ? own.replace(/ageRecipient: .*/, `ageRecipient: ${owner.recipient}`) : tree.bytes(file),
      );
    }
    const fleet = await Repository.read(folder.path, { env: io.env, cache: false });
    const recovery = fleet.documents.environments.get("prod")!.document.spec.recoveryRecipient!;
    const clear = secretOf(values);
    const texts: [string, string][] = [];
    const encrypted = await timed(async () => {
      for (let number = 0; number < files; number++)
        texts.push([
          `tenants/${tenant}/${cluster}/s${number}.sops.yaml`,
          await encryptFile(clear, { recipients: [owner.recipient, recovery], now }),
        ]);
    });
    for (const [file, text] of texts) await writeWhole(path.join(folder.path, file), text);
    const whole = await Repository.read(folder.path, { env: io.env, cache: false });
    const names = texts.map(([file]) => file);
    const audited = await timed(() => audit(whole, names, []));
    const verified = await timed(() => audit(whole, names, [owner.identity]));
    const own = whole.documents.environments.get(environment)!;
    const spec = { ...own.document.spec, recoveryRecipient: (await newIdentity()).recipient };
    const environments = new Map(whole.documents.environments).set(environment, {
      ...own,
      document: { ...own.document, spec },
    });
    const changed = { tree: whole.tree, sources: whole.sources, documents: { ...whole.documents, environments } };
    const synced = await timed(() => syncSecrets({ content: changed, identities: [owner.identity] }, names));
    const decrypted =
      sopsProgram === undefined
        ? undefined
        : await timed(async () => {
            for (const file of names.slice(0, beside))
              await sops(["decrypt", path.join(folder.path, file)], owner.identity);
          });
    return [encrypted, audited, verified, synced, decrypted];
  } finally {
    await folder.remove();
  }
}

function secretOf(count: number): string {
  const data = Array.from(
    { length: count },
    (_, index) => `        key${index}: value number ${index} of this secret\n`,
  ).join("");
  return `---\napiVersion: addons.projectcapsule.dev/v1alpha1\nkind: SopsSecret\nmetadata:\n  name: x\nspec:\n  secrets:\n    - name: x\n      stringData:\n${data}`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** What is seen without keys, and what with those given. */
async function audit(content: Content, files: readonly string[], identities: readonly string[]): Promise<void> {
  for (const file of files) secretProblems(content, file);
  await verifySecrets({ content, identities }, files, now);
}
