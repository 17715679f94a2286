/** Regenerates scripts/lib/model/generated.ts from the schemas of our documents: bun tools/types.ts */
import path from "node:path";

import { compileFromFile } from "json-schema-to-typescript";

import { documentKinds } from "../scripts/lib/repo/document-kinds.ts";

const root = path.join(import.meta.dirname, "..");
export const target = path.join(root, "scripts/lib/model/generated.ts");

export async function generate(): Promise<string> {
  const parts = await Promise.all(
    Object.values(documentKinds).map(({ schema }) =>
      compileFromFile(path.join(root, schema), { bannerComment: "", format: false, additionalProperties: false }),
    ),
  );
  const union = `/** A document of any kind. */\nexport type AnyDocument = ${Object.keys(documentKinds).join(" | ")};\n`;
  return `// Generated from schemas/*.json by tools/types.ts. Do not edit.\n\n${parts.join("\n")}\n${union}`;
}

if (import.meta.main) {
  await Bun.write(target, await generate());
  await Bun.$`bun fmt ${target}`.quiet();
}
