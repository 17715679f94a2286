/** Does all work, at most so many pieces at once. The first failure stops what has not begun and is thrown. */
export async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let stopped = false;
  const worker = async () => {
    for (const item of queue) {
      if (stopped) return;
      try {
        await work(item);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  };
  const running = await Promise.allSettled(Array.from({ length: workers }, worker));
  const failed = running.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
