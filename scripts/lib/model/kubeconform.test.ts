/** A second opinion on the same objects, by the same schemas: kubeconform, where it is on PATH or Go can install it. */
import { expect, test } from "bun:test";
import path from "node:path";

import { cluster, clusters } from "../../../tests/support/fleet.ts";
import { kubeconformProgram, kubeconformSchemas } from "../../../tests/support/kubeconform.ts";
import { full, repository } from "../../../tests/support/repository.ts";
import { sampleValidation } from "../../../tests/support/sample.ts";
import type { JsonObject } from "../core/json.ts";
import { readKubernetes } from "../io/schemas.ts";
import { Kinds } from "./kinds.ts";

const program = await kubeconformProgram(full);

interface Verdict {
  name: string;
  kind: string;
  status: "statusValid" | "statusInvalid" | "statusError" | "statusSkipped";
  msg: string;
}

/** Ways to break an object that both have to see. */
const breaks: Record<string, (object: JsonObject) => void> = {
  nothing: () => {},
  "an unknown field": (object) => void (object["nonsense"] = true),
  "a label that is no text": (object) => void ((object["metadata"] as JsonObject)["labels"] = { a: 1 }),
  "a kind of the wrong type": (object) => void ((object["metadata"] as JsonObject)["name"] = ["a"]),
};

test.skipIf(program === undefined)(
  "kubeconform says the same of every object of the sample fleet, and of each broken in three ways",
  async () => {
    const { fleet } = await sampleValidation(full ? clusters : [cluster.shared]);
    const kubernetes = await readKubernetes("1.36");
    const kinds = new Kinds(kubernetes, []);
    const objects = fleet.applications
      .flatMap((application) => application.objects.map(({ raw }) => raw))
      .filter((object) => kinds.scopeOf(object) !== undefined);
    await using folder = await repository(kubeconformSchemas(kubernetes));
    const cases = objects.flatMap((object, index) =>
      Object.entries(breaks).map(([name, break_]) => {
        const copy = structuredClone(object);
        break_(copy);
        return { file: `${index}-${name.replaceAll(" ", "-")}.json`, object: copy };
      }),
    );
    for (const { file, object } of cases) await folder.write(`objects/${file}`, JSON.stringify(object));
    const location = path.join(folder.root, "{{ .ResourceKind }}{{ .KindSuffix }}.json");
    const child = Bun.spawn(
      [program!, "-output=json", "-verbose", "-strict", `-schema-location=${location}`, "objects"],
      {
        cwd: folder.root,
        stdout: "pipe",
        stderr: "inherit",
      },
    );
    const { resources } = (await child.stdout.json()) as { resources: (Verdict & { filename: string })[] };
    expect(resources.length).toBe(cases.length);
    const theirs = new Map(
      resources.map(({ filename, status, msg }) => [path.basename(filename), { valid: status === "statusValid", msg }]),
    );
    const disagreements = cases.flatMap(({ file, object }) => {
      const own = kinds.violations(object);
      const their = theirs.get(file)!;
      return (own.length === 0) === their.valid
        ? []
        : [`${file}: we say ${own[0]?.message ?? "valid"}, kubeconform ${their.msg || "valid"}`];
    });
    expect(disagreements).toEqual([]);
  },
  300_000,
);
