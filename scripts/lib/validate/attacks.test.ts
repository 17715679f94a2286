import { describe, expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { attacks } from "../../../tests/support/mutations/attacks.ts";
import { twins } from "../../../tests/support/mutations/attacks/twins.ts";
import { validate } from "./validate.ts";

describe("a way out of a tenant is named by its rule", () => {
  for (const { name, clusters = ["prod-shared"], attack, rule } of attacks) {
    test(name, async () => {
      const { findings } = await validate(await changedFleet(clusters, attack));
      const errors = findings.filter(({ severity }) => severity === "error");
      expect(errors.map((finding): string => finding.rule)).toContain(rule);
    });
  }
});

describe("its benign twin passes", () => {
  for (const { name, clusters = ["prod-shared"], attack } of twins) {
    test(name, async () => {
      expect((await validate(await changedFleet(clusters, attack))).findings).toEqual([]);
    });
  }
});
