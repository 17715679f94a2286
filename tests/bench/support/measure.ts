/** One measured run of validate, in a process of its own: bun tests/bench/support/measure.ts FOLDER [CHANGED...]. Prints a Measurement. */
import { Repository } from "../../../scripts/lib/fleet/repository.ts";
import { closeLineProcesses, lineProcesses } from "../../../scripts/lib/io/line-process.ts";
import { summarise } from "../../../scripts/lib/report/summary.ts";
import { validate } from "../../../scripts/lib/validate/validate.ts";

export interface Measurement {
  /** Milliseconds, by phase. */
  read: number;
  render: number;
  check: number;
  applications: number;
  /** Render processes started. */
  processes: number;
  objects: number;
  findings: number;
  /** Bytes, of the process itself; each program it starts takes about 50 MB for as long as it runs. */
  peakMemory: number;
  /** Bytes, of all processes of the engine together. */
  enginePeak: number;
}

/** The most memory that a process has had. */
async function peakOf(pid: number): Promise<number> {
  const status = await Bun.file(`/proc/${pid}/status`).text();
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

if (import.meta.main) {
  const [root, ...files] = process.argv.slice(2);
  const changed = files.length === 0 ? {} : { changed: { since: "before", files: new Set(files) } };
  const validation = await validate(await Repository.read(root!, { env: process.env }), {
    selection: { clusters: [], applications: [], ...changed },
  });
  const { applications, rendered, cached, objects, findings } = summarise(validation);
  const measurement: Measurement = {
    ...validation.milliseconds,
    applications,
    processes: rendered - cached,
    objects,
    findings,
    peakMemory: process.resourceUsage().maxRSS * 1024,
    enginePeak: (await Promise.all(lineProcesses().map(peakOf))).reduce((sum, bytes) => sum + bytes, 0),
  };
  process.stdout.write(JSON.stringify(measurement));
  closeLineProcesses();
  // Until they are waited for, what they took is not counted.
  await Bun.sleep(50);
}
