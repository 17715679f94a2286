import path from "node:path";

import type { Tools } from "../../../scripts/lib/io/tools.ts";
import type { Application } from "../../../scripts/lib/render/application.ts";
import { commandFor } from "../../../scripts/lib/render/programs.ts";

/**
 * The loop a user would write: the same programs with the same files, one after the other, output to one file. Returns
 * the script, and the values files it needs beside the repository's own.
 */
export function naiveLoop(applications: readonly Application[], tools: Tools, folder: string) {
  const values = new Map<string, string>();
  const lines = applications.flatMap(({ request }, index) => {
    if (request === undefined) return [];
    const file = path.join(folder, `values-${index}.json`);
    if (request.tool === "helm") values.set(file, JSON.stringify(request.values));
    // kubectl prints no separator after its last object.
    return [`${commandFor(request, tools, file).map(quote).join(" ")} >> "$1"; echo --- >> "$1"`];
  });
  return { script: `set -e\n: > "$1"\n${lines.join("\n")}\n`, values };
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
