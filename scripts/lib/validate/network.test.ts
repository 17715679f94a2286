import { expect, test } from "bun:test";

import { changedFleet } from "../../../tests/support/changed-fleet.ts";
import { cluster } from "../../../tests/support/fleet.ts";
import { validate } from "./validate.ts";

const murima = "apps/platform/namespaces/murima";

test("N-3: pods in a namespace that nobody declares are a finding, in one that is declared none of this rule", async () => {
  const found = async (namespace: string) => {
    const fleet = await changedFleet([cluster.dev], async (files) => {
      await files.manifest(
        `${murima}/stray.yaml`,
        `apiVersion: v1\nkind: Pod\nmetadata:\n  name: stray\n  namespace: ${namespace}\nspec:\n  containers: [{name: a, image: a}]\n`,
      );
      await files.edit(
        "apps/platform/namespaces/kustomization.yaml",
        "  - ./murima\n",
        "  - ./murima\n  - ./murima/stray.yaml\n",
      );
    });
    return (await validate(fleet)).findings.filter(({ rule }) => rule === "default-deny").map(({ message }) => message);
  };
  expect(await found("nowhere")).toEqual([expect.stringContaining("runs pods in nowhere")]);
  expect(await found("stores")).toEqual([]);
});
