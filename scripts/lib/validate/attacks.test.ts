import { describe, expect, test } from "bun:test";

import { attacks } from "../../../tests/support/mutations/attacks.ts";
import { twins } from "../../../tests/support/mutations/attacks/twins.ts";
import { runIn, sampleRepository } from "../../../tests/support/repository.ts";
import { run as validate } from "../../validate.ts";
import type { Finding } from "../core/finding.ts";

describe("a way out of a tenant is named by its rule", () => {
  for (const { name, clusters = ["prod-shared"], attack, rule } of attacks) {
    test(name, async () => {
      await using fleet = await sampleRepository(clusters);
      await attack(fleet);
      const { code, stdout } = await runIn(fleet, validate, ["--format", "json"]);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      expect(findings.map((finding): string => finding.rule)).toContain(rule);
      expect(code).toBe(1);
    });
  }
});

describe("its benign twin passes", () => {
  for (const { name, clusters = ["prod-shared"], attack } of twins) {
    test(name, async () => {
      await using fleet = await sampleRepository(clusters);
      await attack(fleet);
      const { code, stdout } = await runIn(fleet, validate, ["--format", "json"]);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      expect(findings).toEqual([]);
      expect(code).toBe(0);
    });
  }
});
