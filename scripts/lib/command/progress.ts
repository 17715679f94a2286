import type { Sink } from "./io.ts";

/** A line on a terminal that says how far a run is. Elsewhere it says nothing. */
export function progressLine(
  sink: Sink,
  what: string,
): { update: (done: number, total: number) => void; clear: () => void } {
  if (sink.isLive !== true) return { update: () => {}, clear: () => {} };
  let last = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (now - last < 50 && done !== total) return;
      last = now;
      sink.write(`\r\x1b[K${what} ${done}/${total}`);
    },
    clear: () => sink.write("\r\x1b[K"),
  };
}
