import { objectAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import { addonOf } from "../../render/source-file.ts";
import { mayExpose, pairsOfData } from "../../secret/pairs.ts";
import { exposedIn, exposedPairs, plaintextProblems } from "../../secret/plaintext.ts";
import { secretShapes } from "../../secret/shapes.ts";
import type { Rule } from "../rule.ts";

/**
 * Files in which there was nothing, by path and content, and objects by theirs: what a writer plans is mostly what there was
 * before.
 */
const clean = new Set<string>();
const mostClean = 100_000;

function note(key: string): void {
  if (clean.size === mostClean) clean.clear();
  clean.add(key);
}

/** Annotations that say which Secret something is in. */
const naming: ReadonlySet<string> = new Set(["cert-manager.io/inject-ca-from-secret"]);

export const plaintextSecret: Rule = {
  id: "plaintext-secret",
  severity: "error",
  holds:
    "No file of the fleet and no rendered object holds a Secret, a credential of a known shape (keys of age and PEM, tokens of GitHub, AWS, Slack, Stripe and others), a literal value under a name such as DB_PASSWORD, or a password in a URL. A credential with neither such a shape nor such a name is not seen.",
  because: "What was committed once is in every clone for ever (D-29, D-30, FM-26).",
  *check(fleet) {
    const { tree } = fleet;
    const told = new Set<string>();
    for (const file of tree.paths) {
      const key = `${tree.hash(file)} ${file}`;
      if (clean.has(key)) continue;
      const text = tree.text(file);
      const problems = plaintextProblems(file, text);
      if (problems.length === 0) {
        note(key);
        continue;
      }
      for (const problem of problems) yield { file, ...problem };
      for (const own of exposedIn(file, text)) told.add(own.text);
    }
    for (const { application, id, object, at: where } of renderedObjects(fleet)) {
      // Megabytes of descriptions, and nothing that anybody sets.
      if (id.kind === "CustomResourceDefinition" && addonOf(application) !== undefined) continue;
      if (id.kind.toLowerCase() === "secret" && stringAt(object, "type") !== "kubernetes.io/service-account-token") {
        const keys = ["data", "stringData"].flatMap((field) => Object.keys(objectAt(object, field)));
        const held = keys.length === 0 ? "" : `, with ${keys.toSorted().join(", ")}`;
        yield {
          ...where,
          message: `is a Secret in the clear${held}`,
          fix: "encrypt it: a Secret reaches a cluster as a SopsSecret only",
        };
        continue;
      }
      // What a file was told of is not told again for every object that is made of it.
      const json = JSON.stringify(object);
      const key = new Bun.CryptoHasher("sha256").update(json).digest("base64");
      if (clean.has(key)) continue;
      const shapes = secretShapes(json);
      const shape = shapes.find(({ text }) => !told.has(text));
      if (shape !== undefined) yield { ...where, message: `holds ${shape.what}`, fix: "read it from a Secret" };
      // The names in it are those of Secrets to be; whether their values are encrypted is the question of sops-file.
      const pairs =
        id.kind === "SopsSecret" || !mayExpose(json)
          ? []
          : exposedPairs(pairsOfData(object).filter(({ name }) => !naming.has(name)));
      const fix = "read it from a Secret (valueFrom.secretKeyRef), and replace the value";
      for (const { what, text } of pairs) if (!told.has(text)) yield { ...where, message: what, fix };
      if (shapes.length === 0 && pairs.length === 0) note(key);
    }
  },
};
