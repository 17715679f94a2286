import type { Finding } from "../core/finding.ts";
import { listAt, stringAt } from "../core/json.ts";
import { remembered } from "../core/remembered.ts";
import { generatedFiles, isSecretFile, isTemplate } from "../repo/layout.ts";
import { isChartFile, isDefinitionsFile, isImageFile, isTenantValues, schemaOf } from "../repo/modeline.ts";
import type { Sources } from "../repo/sources.ts";
import type { Tree } from "../repo/tree.ts";
import { conflictIn, decode, type Problem } from "../yaml/bytes.ts";
import { parseYaml } from "../yaml/parse.ts";
import type { Checks } from "./knowledge.ts";

const generated: ReadonlySet<string> = new Set(generatedFiles);

const byCommand = "bun run bump-image, promote, rollback and hold write this file";

/** Both sides of an encrypted file can't be mixed by hand: each has a MAC over all of its values. */
function secretProblem(file: string, tree: Tree, problem: Problem): Problem {
  if (!isSecretFile(file)) return problem;
  const text = decode(tree.bytes(file));
  if (typeof text !== "string" || conflictIn(text) === undefined) return problem;
  const fix = `take one side whole (git checkout --ours ${file}, or --theirs), then bun run secrets set what the other changed`;
  return { ...problem, fix };
}

const isJsonFile = (file: string) => file.endsWith(".json");

const isYaml = (file: string) => /\.ya?ml$/.test(file);

/**
 * Reads every file before any program does. A file with an error is kept from Helm and Kustomize: some inputs make them
 * take all memory, follow links, or drop half a file without a word.
 */
export function checkFiles(
  tree: Tree,
  sources: Sources,
  checks: Pick<Checks, "kustomization" | "tenantValues" | "image" | "chart" | "definitions">,
): { findings: Finding[]; broken: Set<string> } {
  const findings: Finding[] = [];
  const broken = new Set<string>();
  const report = (file: string, finding: Omit<Finding, "severity" | "file">) => {
    broken.add(file);
    findings.push({ severity: "error", file, ...finding });
  };
  for (const file of tree.paths) {
    // Generated, a line a tenant: it may grow as it has to, and a rule holds every byte of it.
    if (generated.has(file)) continue;
    if (!isYaml(file) || isTemplate(file)) {
      const text = decode(tree.bytes(file));
      if (typeof text !== "string") {
        report(file, text);
        continue;
      }
      const conflict = file.endsWith(".md") ? undefined : conflictIn(text);
      if (conflict !== undefined) report(file, { ...conflict, rule: isJsonFile(file) ? "json-syntax" : conflict.rule });
      else if (isJsonFile(file) && !isJson(text))
        report(file, { rule: "json-syntax", message: "is not JSON", fix: "correct the syntax" });
      continue;
    }
    for (const problem of sources.problems(file)) report(file, secretProblem(file, tree, problem));
    if (!broken.has(file) && tree.text(file).trim() === "") {
      const fix = schemaOf(file) === undefined ? "write {}, or remove it" : "write its heading, then {}, or remove it";
      report(file, { rule: "yaml-syntax", message: "is empty", fix, line: 1 });
    }
    if (isTenantValues(file) && !broken.has(file)) {
      for (const { path, at, message, fix } of checks.tenantValues(sources.data(file)))
        report(file, { rule: "tenant-values", ...sources.locate(file, path, at), message, fix });
    }
    if (isImageFile(file) && !broken.has(file)) {
      for (const { path, at, message, fix } of checks.image(sources.data(file)))
        report(file, {
          rule: "image-file",
          ...sources.locate(file, path, at),
          message,
          fix: fix.startsWith("add ") ? byCommand : `${fix}; ${byCommand}`,
        });
    }
    const pinned = isChartFile(file) ? checks.chart : isDefinitionsFile(file) ? checks.definitions : undefined;
    if (pinned !== undefined && !broken.has(file)) {
      for (const { path, at, message, fix } of pinned(sources.data(file)))
        report(file, {
          rule: "chart-file",
          ...sources.locate(file, path, at),
          message,
          fix: `${fix}; bun run bump-chart, promote, rollback and hold write this file`,
        });
    }
    const name = file.slice(file.lastIndexOf("/") + 1);
    if (name === "kustomization.yml" || name === "Kustomization") {
      report(file, {
        rule: "kustomization-schema",
        message: "is a second name for kustomization.yaml",
        fix: "rename it",
      });
    }
    if (name !== "kustomization.yaml" || broken.has(file)) continue;
    for (const { path, at, message, fix } of checks.kustomization(sources.data(file))) {
      report(file, { rule: "kustomization-schema", ...sources.locate(file, path, at), message, fix });
    }
    for (const problem of inlinePatches(file, sources)) report(file, problem);
  }
  return { findings, broken };
}

/** YAML in a string is read by Kustomize like any other, so it is read here as strictly: aliases in it take as much memory. */
function inlinePatches(file: string, sources: Sources): Problem[] {
  return listAt(sources.data(file), "patches").flatMap((entry, index) => {
    const patch = stringAt(entry, "patch");
    if (patch === undefined) return [];
    const problems = problemsOfPatch(patch);
    if (problems.length === 0) return [];
    const place = sources.locate(file, ["patches", index, "patch"]);
    // A block starts on the line after its key; a column in it is not one of the file.
    return problems.map(({ line, column: _column, message, ...problem }) => ({
      ...problem,
      line: place.line + (line ?? 0),
      message: `holds a patch that ${message}`,
    }));
  });
}

const problemsOfPatch = remembered((patch: string): readonly Problem[] => {
  const read = parseYaml(new TextEncoder().encode(patch));
  return "source" in read ? [] : read.problems;
}, 10_000);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
