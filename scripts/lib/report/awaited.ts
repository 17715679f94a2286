import type { Awaited } from "../cluster/awaited.ts";
import { wrapLines } from "../core/wrap.ts";
import { type Look, plainTable } from "./table.ts";

/** Applications that are late, each with the reason below it: reasons are too long for a column. */
export function awaitedText(late: readonly Awaited[], look: Look): string {
  const table = plainTable(
    ["application", "sync", "health"],
    late.map(({ name, sync, health }) => [name, sync, health]),
    look.colour,
  );
  const reasons = late.map(({ name, why }) => wrapLines(`${name}: ${why}`, look.width));
  return `${table}\n${reasons.join("\n")}\n`;
}
