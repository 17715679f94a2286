import { ToolError } from "../scripts/lib/core/errors.ts";

/** Something of a cluster that the lab plays; ends when `stop` is called. */
export interface Played {
  stop: () => Promise<void>;
}

/** Plays one round after the other, with a pause between them in milliseconds. */
export function play(round: () => Promise<void>, pause: number): Played {
  const over = new AbortController();
  const work = (async () => {
    while (!over.signal.aborted) {
      await round();
      await Bun.sleep(pause);
    }
  })().catch((error: unknown) => {
    // The control plane goes before the lab does; anything else is a mistake of ours.
    if (!over.signal.aborted && !(error instanceof ToolError)) throw error;
  });
  return {
    stop: async () => {
      over.abort();
      await work;
    },
  };
}
