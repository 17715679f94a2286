import { listAt, stringAt } from "../../core/json.ts";
import { renderedObjects } from "../../fleet/objects.ts";
import type { Rule } from "../rule.ts";

/** How many fields the schedules of a kind have, and where they are. Six begin with seconds. */
const dialects = [
  { group: "postgresql.cnpg.io", kind: "ScheduledBackup", fields: 6, list: undefined },
  { group: "psmdb.percona.com", kind: "PerconaServerMongoDB", fields: 5, list: ["spec", "backup", "tasks"] },
  { group: "velero.io", kind: "Schedule", fields: 5, list: undefined },
] as const;

export const backupSchedule: Rule = {
  id: "backup-schedule",
  severity: "error",
  holds: "A schedule of backups has as many fields as its program reads: six with seconds first, or five.",
  because: "Five fields where six are read are taken otherwise or not at all: no backup is made, and nothing fails.",
  *check(fleet) {
    for (const { group, kind, fields, list } of dialects)
      for (const { id, object, at } of renderedObjects(fleet, kind)) {
        if (id.group !== group) continue;
        const schedules =
          list === undefined
            ? [stringAt(object, "spec", "schedule")]
            : listAt(object, ...list).map((task) => stringAt(task, "schedule"));
        for (const schedule of schedules) {
          const count = schedule?.trim().split(/\s+/).length;
          if (schedule === undefined || count === fields || /^@[a-z]+$/.test(schedule)) continue;
          yield {
            ...at,
            message: `the schedule ${JSON.stringify(schedule)} has ${count} fields, and ${kind} reads ${fields}`,
            fix: fields === 6 ? "put the second first: 0 0 1 * * *" : "leave the seconds out: 0 1 * * *",
          };
        }
      }
  },
};
