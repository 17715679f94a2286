import { rmSync } from "node:fs";

/** What has to go when the process is told to stop: folders of this run, and groups of programs it started. */
const folders = new Set<string>();
const groups = new Set<number>();

export function keepFolder(folder: string): () => void {
  folders.add(folder);
  return () => void folders.delete(folder);
}

export function keepGroup(pid: number): () => void {
  groups.add(pid);
  return () => void groups.delete(pid);
}

/** Ends a program and all it started. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Removes a folder; what was killed a moment ago may still put something into it. */
function removeNow(folder: string): void {
  for (let tries = 0; tries < 40; tries++) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch {
      Bun.sleepSync(25);
    }
  }
}

/** Leaves nothing behind on Ctrl-C and its like, then ends as the signal would have ended the process. */
export function cleanUpOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      for (const pid of groups) killGroup(pid);
      for (const folder of folders) removeNow(folder);
      process.kill(process.pid, signal);
    });
  }
}
