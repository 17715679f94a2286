import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import path from "node:path";

import { full, repository } from "../../../tests/support/repository.ts";

/** Replaces the folder "out" by so many files with one content, as a process that can be killed. */
const script = `
  import { replaceFolder } from ${JSON.stringify(path.join(import.meta.dirname, "output.ts"))};
  const files = Array.from({ length: 300 }, (_, index) => [\`f\${index}\`, process.argv[1] ?? ""]);
  await replaceFolder("out", new Map(files));
`;

test("C-02: a run that is killed leaves the output before it whole, and the next run succeeds", async () => {
  await using folder = await repository();
  const write = (content: string) =>
    Bun.spawn([process.execPath, "-e", script, "--", content], { cwd: folder.root, stderr: "ignore" });
  await write("0").exited;
  for (let round = 1; round <= (full ? 60 : 6); round++) {
    const child = write(String(round));
    await Bun.sleep((round * 37) % 60);
    child.kill("SIGKILL");
    await child.exited;
    const names = (await readdir(path.join(folder.root, "out"))).filter((name) => name !== ".rendered");
    const contents = new Set(await Promise.all(names.map((name) => folder.read(`out/${name}`))));
    expect([round, names.length, contents.size]).toEqual([round, 300, 1]);
  }
  expect(await write("last").exited).toBe(0);
  expect(await folder.read("out/f0")).toBe("last");
});
