import { UsageError } from "../core/errors.ts";
import { fieldsOf } from "../core/fields.ts";
import type { Backup, Erasure, Step } from "./offboard.ts";

/** What options say of a step. */
export interface StepOptions {
  reason?: string | undefined;
  holdDays: number;
  backup: string[];
  erasure: string[];
  date?: string | undefined;
}

/** A step of offboarding as options describe it; refused without what it takes. */
export function stepOf(
  to: Step["to"],
  { reason, holdDays, backup, erasure, date }: StepOptions,
  { today }: { today: string },
): Step {
  const on = date ?? today;
  if (Number.isNaN(Date.parse(on))) throw new UsageError(`--date ${on} is not a day: write it like 2026-11-23`);
  switch (to) {
    case "active":
      return { to };
    case "frozen": {
      if (reason === undefined) throw new UsageError("--reason is missing: say why the customer leaves");
      if (!Number.isInteger(holdDays) || holdDays < 1)
        throw new UsageError("--hold-days takes a whole number, 1 or more");
      const holdUntil = new Date(Date.parse(on) + holdDays * 86_400_000).toISOString().slice(0, 10);
      return { to, reason, on, holdUntil };
    }
    case "backed-up":
      return {
        to,
        backups: backup.map(
          (text) => fieldsOf("--backup", text, ["store", "backup", "time", "checksum"]) as unknown as Backup,
        ),
      };
    case "removed":
      return { to, on };
    case "erased":
      if (erasure.length === 0)
        throw new UsageError("--erasure is missing: give evidence for each store that the data is gone");
      return {
        to,
        on,
        erasures: erasure.map(
          (text) => fieldsOf("--erasure", text, ["store", "time", "evidence"]) as unknown as Erasure,
        ),
      };
  }
}

/** What a person does after a step, as a sentence. */
export function afterStep(id: string, to: Step["to"]): string {
  const run = `once it is merged: bun run offboard-tenant ${id} --to`;
  return {
    active: "commit it and open a pull request: the customer stays",
    frozen: `commit it and open a pull request; ${run} backed-up, with evidence`,
    "backed-up": `commit it and open a pull request; ${run} removed`,
    removed: `commit it and open a pull request; bun run reap removes the remains from its clusters, then ${run} erased`,
    erased: "commit it and open a pull request: that was the last step",
  }[to];
}
