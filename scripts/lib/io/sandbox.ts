import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Tree } from "../repo/tree.ts";
import { temporaryFolder } from "./files.ts";

/** A folder in which programs run: it holds those files of a tree that were asked for, and nothing else. */
export interface Stage {
  /** Where the tree's root is. */
  root: string;
  /** For what a program keeps, and for files that are no part of the tree. */
  beside: string;
  put: (files: readonly string[]) => Promise<void>;
  remove: () => Promise<void>;
}

export async function stage(tree: Tree): Promise<Stage> {
  const folder = await temporaryFolder("render");
  const root = path.join(folder.path, "repository");
  const made = new Map<string, Promise<unknown>>();
  const once = (key: string, make: () => Promise<unknown>): Promise<unknown> => {
    let running = made.get(key);
    if (running === undefined) made.set(key, (running = make()));
    return running;
  };
  const write = async (file: string) => {
    const target = path.join(root, file);
    const parent = path.dirname(target);
    await once(parent, () => mkdir(parent, { recursive: true }));
    await writeFile(target, tree.bytes(file));
  };
  return {
    root,
    beside: folder.path,
    put: async (files) => void (await Promise.all(files.map((file) => once(`${file}\0`, () => write(file))))),
    remove: folder.remove,
  };
}
