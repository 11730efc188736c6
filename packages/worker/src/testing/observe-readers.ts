import { canStream, type ResultBackend } from "@taskgen/core/internal";

/** Has `waiting` called with the id of each task that waits for the reader of its stream. */
export function observeReaders(results: ResultBackend, waiting: (id: string) => void): void {
  if (!canStream(results)) return;
  const drained = results.drained.bind(results);
  results.drained = (id, read, signal) => {
    waiting(id);
    return drained(id, read, signal);
  };
}
