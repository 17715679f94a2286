/** Regenerates scripts/lib/model/generated.ts from the schemas of our documents: bun tools/types.ts */
import path from "node:path";

import { compileFromFile } from "json-schema-to-typescript";

import { documentSchemas } from "../scripts/lib/repo/layout.ts";

const root = path.join(import.meta.dirname, "..");
export const target = path.join(root, "scripts/lib/model/generated.ts");

export async function generate(): Promise<string> {
  const parts = await Promise.all(
    Object.values(documentSchemas).map((schema) =>
      compileFromFile(path.join(root, schema), { bannerComment: "", format: false, additionalProperties: false }),
    ),
  );
  return `// Generated from schemas/*.json by tools/types.ts. Do not edit.\n\n${parts.join("\n")}`;
}

if (import.meta.main) {
  await Bun.write(target, await generate());
  await Bun.$`bun fmt ${target}`.quiet();
}
