import { milliseconds, type RunTask, type TaskDefinition } from "@taskgen/core";
import {
  canStream,
  runningTask,
  TASK_DEFAULTS,
  type Codec,
  type ResultBackend,
  type RunningTask,
  type Sealer,
} from "@taskgen/core/internal";
import { StreamWriter } from "./stream-writer.js";

/** Where a process keeps what its tasks yield. */
export interface StreamSettings {
  readonly results: () => Promise<ResultBackend>;
  readonly codec: Codec;
  /** Seals items, where the app has keys. */
  readonly sealer: Sealer | undefined;
  /** How long what is stored is kept at least. */
  readonly ttlMs: number;
}

/** Runs a task that is written as an async generator: stores what it yields, resolves to what it returns. */
export function streamRun({ fn, options }: TaskDefinition, settings: StreamSettings): RunTask {
  const stallMs = milliseconds(options.streamTimeout ?? TASK_DEFAULTS.streamTimeout);
  return async (_task, args) => {
    const task = runningTask()!;
    const items = fn(...(args as never[])) as AsyncGenerator<unknown, unknown, void>;
    if (task.storesNothing) return drive(items, task, () => undefined);
    const results = await settings.results();
    if (!canStream(results)) throw new TypeError(`the results at ${results.location} pass on no streams`);
    const ttlMs = Math.max(settings.ttlMs, stallMs);
    const { codec, sealer } = settings;
    return write(items, task, new StreamWriter({ results, task, codec, sealer, ttlMs, stallMs }));
  };
}

/** n.b. an error of the task comes after what it yielded before; if that cannot be stored, the error is told all the same. */
async function write(items: AsyncGenerator, task: RunningTask, writer: StreamWriter): Promise<unknown> {
  try {
    if (task.retries + task.redeliveries > 0) task.streamed = { stored: await writer.resume(), isResumed: false };
    const value = await drive(items, task, (item) => writer.add(item));
    await writer.finish(true);
    return value;
  } catch (error) {
    if (!task.signal.aborted) await writer.finish(false).catch(() => {});
    await writer.abandon();
    throw error;
  }
}

/** Takes what the task yields; where there is no room, resolves when there is. */
type Take = (item: unknown) => Promise<void> | undefined;

/** n.b. each `yield` of the task is a checkpoint. */
async function drive(items: AsyncGenerator, task: RunningTask, take: Take): Promise<unknown> {
  let isTold = false;
  for (;;) {
    const reason: unknown = isTold ? undefined : abortReason(task);
    isTold ||= reason !== undefined;
    const step = reason === undefined ? await items.next() : await items.throw(reason);
    if (step.done === true) return step.value;
    try {
      const room = take(step.value);
      if (room !== undefined) await room;
    } catch (error) {
      // n.b. its `finally` runs; what it throws there comes second
      await items.return(undefined).catch(() => {});
      throw error;
    }
  }
}

function abortReason(task: RunningTask): unknown {
  try {
    return task.checkpoint();
  } catch (reason) {
    return reason;
  }
}
