import { Repository } from "../../../scripts/lib/fleet/repository.ts";
/** One measured run of all checks that need no render, in a process of its own: bun tests/bench/support/documents.ts FOLDER */
import { Kinds } from "../../../scripts/lib/model/kinds.ts";
import { rules } from "../../../scripts/lib/validate/rules.ts";
import { runRules } from "../../../scripts/lib/validate/validate.ts";

export interface DocumentMeasurement {
  /** Milliseconds. */
  time: number;
  /** Bytes. */
  peakMemory: number;
  tenants: number;
  /** What is wrong, each as RULE FILE: MESSAGE. */
  findings: string[];
}

if (import.meta.main) {
  const started = performance.now();
  const repository = await Repository.read(process.argv[2]!, { env: process.env });
  const nothing = new Kinds({ resources: [], removed: [], definitions: {} }, []);
  const { findings } = runRules(
    {
      tree: repository.tree,
      sources: repository.sources,
      documents: repository.documents,
      applications: [],
      extent: "applications",
      kinds: () => nothing,
      kindsFor: () => nothing,
      definedKinds: () => nothing,
      kindsOf: () => nothing,
      kubernetesVersions: ["1.35", "1.36", "1.37"],
      values: () => undefined,
      valuesOfAnyChart: () => undefined,
      renderer: "",
      judgedBy: undefined,
    },
    rules,
  );
  const measurement: DocumentMeasurement = {
    time: performance.now() - started,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    tenants: repository.documents.tenants.size,
    findings: [...repository.findings, ...findings].map(
      ({ rule, file, message }) => `${rule} ${file ?? ""}: ${message}`,
    ),
  };
  process.stdout.write(JSON.stringify(measurement));
}
