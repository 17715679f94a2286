import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";

import type { Change } from "../core/change.ts";
import { UsageError } from "../core/errors.ts";
import { writeWhole } from "./files.ts";

/**
 * Writes new files, all or none: if one can't be written, those before it go again. Repeating what is there already
 * changes nothing; what is there with other content is never overwritten.
 */
export async function createFiles(root: string, changes: readonly Change[]): Promise<Change[]> {
  const missing: Change[] = [];
  for (const change of changes) {
    const target = path.join(root, change.path);
    if (!existsSync(target)) missing.push(change);
    else if ((await readFile(target, "utf8")) !== change.content) {
      throw new UsageError(`${change.path} is there with other content: change it by hand, or remove it first`);
    }
  }
  const written: string[] = [];
  try {
    for (const { path: file, content } of missing) {
      await writeWhole(path.join(root, file), content);
      written.push(file);
    }
  } catch (error) {
    await Promise.all(written.map((file) => rm(path.join(root, file), { force: true })));
    throw error;
  }
  return missing;
}
