import { inspect } from "node:util";
import type { RemoteError } from "@taskgen/core";
import type { Codec } from "@taskgen/core/internal";
import type { LogLevel, Worker, WorkerEvents } from "@taskgen/worker";
import type { LineWriter, LogEntry } from "./log-line.js";

/** How an event becomes a line. */
interface Row<E> {
  /** The most severe level it can have; a log that does not show it does not even listen. */
  readonly upTo: LogLevel;
  /** The level of this event, when that is not `upTo`. */
  readonly level?: (event: E) => LogLevel;
  readonly entry: (event: E, codec: Codec) => Omit<LogEntry, "event" | "level">;
}

const MAX_PREVIEW = 1_024;
/** A longer value is not decoded for its preview. */
const MAX_DECODED = 64 * 1024;
const SUPERJSON = "~".charCodeAt(0);
const decoder = new TextDecoder();

/** `add[0190…]`, as Celery writes it. */
const nameOf = ({ task, id }: { readonly task: string; readonly id: string }): string => `${task}[${id}]`;

/** `RangeError("boom")`. */
const shown = ({ name, message }: RemoteError): string => `${name}(${JSON.stringify(message)})`;

const stackOf = (error: Pick<RemoteError, "name" | "message" | "stack">): string =>
  error.stack ?? `${error.name}: ${error.message}`;

/** `0.01s`; short runs with more digits. */
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(ms < 10 ? 4 : 2)}s`;

/** `4s`, `0.25s`: a wait, without needless digits. */
const wait = (ms: number): string => `${Number((ms / 1_000).toFixed(3))}s`;

/** A value as its line shows it: at most 1,024 characters. */
function preview(result: Uint8Array, codec: Codec): string {
  const text = inspected(result, codec) ?? decoder.decode(result.subarray(0, 4 * MAX_PREVIEW));
  return text.length > MAX_PREVIEW ? `${text.slice(0, MAX_PREVIEW)}…` : text;
}

/** A value that is more than JSON, as Node shows it. */
function inspected(result: Uint8Array, codec: Codec): string | undefined {
  if (result[0] !== SUPERJSON || result.length > MAX_DECODED) return undefined;
  try {
    return inspect(codec.decode(result), { breakLength: Infinity, maxStringLength: MAX_PREVIEW });
  } catch {
    return undefined; // a log line must not fail a task
  }
}

function failed(event: WorkerEvents["task-failed"]): Omit<LogEntry, "event" | "level"> {
  const { id, task, runtimeMs, error, expected } = event;
  return {
    message: `Task ${nameOf(event)} raised ${expected ? "expected" : "unexpected"}: ${shown(error)}`,
    fields: { task, id, runtime: runtimeMs / 1_000, error: shown(error), expected },
    ...(!expected && { stack: stackOf(error) }),
  };
}

const ROWS: { readonly [E in keyof WorkerEvents]: Row<WorkerEvents[E]> } = {
  "task-received": {
    upTo: "info",
    entry: ({ id, task }) => ({ message: `Task ${nameOf({ id, task })} received`, fields: { task, id } }),
  },
  "task-started": {
    upTo: "debug",
    entry: ({ id, task }) => ({ message: `Task ${nameOf({ id, task })} started`, fields: { task, id } }),
  },
  "task-succeeded": {
    upTo: "info",
    entry: ({ id, task, runtimeMs, result }, codec) => {
      const value = preview(result, codec);
      return {
        message: `Task ${nameOf({ id, task })} succeeded in ${seconds(runtimeMs)}: ${value}`,
        fields: { task, id, runtime: runtimeMs / 1_000, result: value },
      };
    },
  },
  "task-failed": { upTo: "error", level: ({ expected }) => (expected ? "info" : "error"), entry: failed },
  "task-retried": {
    upTo: "info",
    entry: ({ id, task, delayMs, error }) => ({
      message: `Task ${nameOf({ id, task })} retry: Retry in ${wait(delayMs)}: ${shown(error)}`,
      fields: { task, id, delay: delayMs / 1_000, error: shown(error) },
    }),
  },
  "task-rejected": {
    upTo: "warn",
    entry: ({ id, task, error }) => ({
      message: `Task ${nameOf({ id, task })} rejected: ${shown(error)}`,
      fields: { task, id, error: shown(error) },
    }),
  },
  "task-revoked": {
    upTo: "info",
    entry: ({ id, task, error }) => ({
      message: `Discarding revoked task: ${nameOf({ id, task })}: ${error.message}`,
      fields: { task, id, error: shown(error) },
    }),
  },
  "task-ignored": {
    upTo: "info",
    entry: ({ id, task }) => ({ message: `Task ${nameOf({ id, task })} ignored`, fields: { task, id } }),
  },
  "task-parked": {
    upTo: "warn",
    entry: ({ id, task, delayMs, reason }) => ({
      message: `Task ${nameOf({ id, task })} put back for ${wait(delayMs)}: ${reason}`,
      fields: { task, id, delay: delayMs / 1_000, reason },
    }),
  },
  "task-lost": {
    upTo: "warn",
    entry: ({ id, task }) => ({
      message: `Task ${nameOf({ id, task })} was taken over by another worker; what came of it here is dropped`,
      fields: { task, id },
    }),
  },
  "task-log": {
    upTo: "error",
    level: ({ level }) => level,
    entry: ({ id, task, message }) => ({ message: `${nameOf({ id, task })}: ${message}`, fields: { task, id } }),
  },
  warning: { upTo: "warn", entry: ({ error }) => ({ message: error.message, fields: {} }) },
  fatal: { upTo: "error", entry: ({ error }) => ({ message: error.message, fields: {}, stack: stackOf(error) }) },
};

/** Writes a worker's events as lines. An event that the level hides costs nothing. */
export function logWorker(worker: Pick<Worker, "on">, writer: LineWriter, codec: Codec): void {
  for (const event of Object.keys(ROWS) as (keyof WorkerEvents)[]) follow(worker, event, writer, codec);
}

function follow(worker: Pick<Worker, "on">, event: keyof WorkerEvents, writer: LineWriter, codec: Codec): void {
  const { upTo, level = () => upTo, entry }: Row<never> = ROWS[event];
  if (!writer.shows(upTo)) return;
  worker.on(event, (value) => {
    const severity = level(value as never);
    if (writer.shows(severity)) writer.announce({ ...entry(value as never, codec), event, level: severity });
  });
}
