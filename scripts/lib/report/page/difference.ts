import { shown } from "../../diff/shown.ts";
import type { DiffReport } from "../../diff/sides.ts";
import { formatResource } from "../../model/resource.ts";
import { sectionsOf } from "../difference-sections.ts";
import { headline, isNoHead, textLine } from "../difference.ts";
import type { ChangeRow, PageDifference } from "./data.ts";
import type { ObjectPool } from "./object-pool.ts";

/** What a change does, in the words of `bun run diff`, and each object as it was and as it is to be. */
export function differenceOf(report: DiffReport, base: string, objects: ObjectPool): PageDifference {
  return {
    base,
    headline: headline(report),
    sections: sectionsOf(report, (text) => text).map(({ title, isOpen, lines }) => ({
      title,
      isOpen,
      lines: lines.filter(isNoHead).map((line) => ({
        depth: /^ */.exec(line)![0].length / 2,
        text: textLine(line.trimStart()),
      })),
    })),
    changes: report.difference.pairs
      .map((pair): ChangeRow => {
        const [old, now] = [pair.before, pair.after].map((side) =>
          side === undefined ? null : objects.add(shown(side.object)),
        );
        return {
          application: pair.application.id,
          object: formatResource(pair.id),
          change: old === null ? "added" : now === null ? "removed" : "changed",
          before: old!,
          after: now!,
        };
      })
      .toSorted((a, b) => (`${a.application} ${a.object}` < `${b.application} ${b.object}` ? -1 : 1)),
  };
}
