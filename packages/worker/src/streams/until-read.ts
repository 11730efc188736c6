import { LONGEST_TIMER_MS, type RunningTask, type Streaming, type StreamPosition } from "@taskgen/core/internal";

/** Nobody reads what a task yields. */
export class StreamStalled extends Error {
  override readonly name = "StreamStalled";
  readonly code = "STREAM_STALLED";
}

/** What a writer waits for. */
export interface ReaderWait {
  readonly results: Streaming;
  readonly task: RunningTask;
  /** What is read already. */
  readonly read: number;
  readonly stallMs: number;
}

/** Resolves when more is read. Rejects with the reason of the task's signal, and with `StreamStalled` after `stallMs`. */
export async function untilRead({ results, task, read, stallMs }: ReaderWait): Promise<StreamPosition> {
  const { signal } = task;
  const over = new AbortController();
  const stall = setTimeout(() => over.abort(stalled(task, read, stallMs)), Math.min(LONGEST_TIMER_MS, stallMs));
  const stop = (): void => over.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await results.drained(task.id, read, over.signal);
  } finally {
    clearTimeout(stall);
    signal.removeEventListener("abort", stop);
  }
}

const stalled = ({ name, id }: RunningTask, read: number, stallMs: number): StreamStalled =>
  new StreamStalled(
    `[STREAM_STALLED] nobody read on for ${stallMs} ms: task ${name} (${id}) is a full window ahead of its reader, which has ${read} items; read the stream, revoke the task, or set its streamTimeout`,
  );
