import type { JsonPath } from "../../core/json.ts";
import { overlaps, parseCidr, type Range } from "../../model/cidr.ts";
import { clusterRanges } from "../../model/cluster-ranges.ts";
import type { Rule } from "../rule.ts";

interface Named {
  file: string;
  path: JsonPath;
  name: string;
  text: string;
  range: Range;
}

export const cidrOverlap: Rule = {
  id: "cidr-overlap",
  severity: "error",
  holds:
    "Address ranges of the fleet are well-formed and no two overlap; managed stores lie beside the machines, not among them.",
  because: "Overlapping ranges can't be connected, and a rule for one of them lets the other in (D-21, FM-19).",
  *check({ documents, sources }) {
    const ranges: Named[] = [];
    const stores = new Set<string>();
    for (const [cluster, { file, document }] of documents.clusters) {
      for (const { name, path, text } of clusterRanges(document)) {
        const range = parseCidr(text);
        if (typeof range === "string") {
          yield { file, ...sources.locate(file, path), message: range, fix: "correct the range" };
          continue;
        }
        // Stores that two clusters name are one range, and store-owner says whether they may.
        if (name === "stores") {
          if (stores.has(text)) continue;
          stores.add(text);
        }
        ranges.push({ file, path, name: `${name} of ${cluster}`, text, range });
      }
    }
    // Sorted by start, a range overlaps an earlier one exactly if it overlaps the one that reaches furthest.
    ranges.sort((a, b) => a.range.first - b.range.first || b.range.last - a.range.last);
    let reach: Named | undefined;
    for (const current of ranges) {
      if (reach !== undefined && overlaps(reach.range, current.range)) {
        const message = `${current.name} (${current.text}) overlaps ${reach.name} (${reach.text})`;
        yield {
          file: current.file,
          ...sources.locate(current.file, current.path),
          message,
          fix: "take a range nobody has",
        };
      }
      if (reach === undefined || current.range.last > reach.range.last) reach = current;
    }
  },
};
