import { readFile } from "node:fs/promises";
import path from "node:path";

import type { ObjectBlock, PageData, ValueBlock } from "../../scripts/lib/report/page/data.ts";
import { run } from "../../scripts/page.ts";
import { runIn, type TestRepository } from "./repository.ts";

/** Commits all that a repository holds. */
export async function commit({ root }: TestRepository, message: string): Promise<void> {
  const git = ["git", "-C", root, "-c", "user.name=test", "-c", "user.email=test@example.com"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "--all"],
    ["commit", "--quiet", "--message", message],
  ])
    if ((await Bun.spawn([...git, ...args], { stdout: "ignore" }).exited) !== 0)
      throw new Error(`git ${args[0]} failed`);
}

/** The page of a repository, as the command writes it. */
export async function writePage(fleet: TestRepository, ...args: string[]): Promise<{ file: string; html: string }> {
  const { code, stderr } = await runIn(fleet, run, [...args, "--out", "page"]);
  if (code !== 0) throw new Error(stderr);
  const file = path.join(fleet.root, "page/index.html");
  return { file, html: await readFile(file, "utf8") };
}

/** What a page holds, by the ids of its blocks. */
export function unpacked(html: string): Map<string, unknown> {
  return new Map(
    [...html.matchAll(/<script type="application\/gzip" id="([a-z]+-\d+)">([^<]*)<\/script>/g)].map(
      ([, id, packed]) => [
        id!,
        JSON.parse(new TextDecoder().decode(Bun.gunzipSync(Buffer.from(packed!, "base64")))) as unknown,
      ],
    ),
  );
}

export function dataOf(html: string) {
  const blocks = unpacked(html);
  const of = (kind: string) => [...blocks].filter(([id]) => id.startsWith(`${kind}-`)).map(([, block]) => block);
  return {
    data: blocks.get("data-0") as PageData,
    objectBlocks: of("objects") as ObjectBlock[],
    valueBlocks: of("values") as ValueBlock[],
  };
}
