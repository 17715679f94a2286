/** What is refused of an object, what is said of it, and its twin that is taken. */
import { expect, test } from "bun:test";

import { said } from "./rule.ts";

export type Case = [name: string, bad: string, message: RegExp, good: string];

/** What the schema and the checks of an object say of manifests. */
export async function verdict(...manifests: string[]): Promise<string[]> {
  return [...(await said("kubernetes-schema", ...manifests)), ...(await said("object-validation", ...manifests))];
}

/** A test for each case. */
export function judgeEach(cases: readonly Case[], judge: (text: string) => Promise<string[]> = verdict): void {
  for (const [name, bad, message, good] of cases)
    test(`K5: ${name}`, async () => {
      expect((await judge(bad)).join("\n")).toMatch(message);
      expect(await judge(good)).toEqual([]);
    });
}
