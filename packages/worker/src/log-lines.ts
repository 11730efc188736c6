import type { RemoteError } from "@taskgen/core";
import type { WorkerEvents } from "./events.js";
import type { LogFields, LogLevel } from "./pool/pool.js";
import type { Representations } from "./representations.js";

/** A line of a worker's log. */
export interface WorkerLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** How an event becomes a line. */
interface Row<E> {
  /** The most severe level it can have; a log that does not show it does not even listen. */
  readonly upTo: LogLevel;
  readonly line: (event: E, how: LineOptions) => Omit<WorkerLine, "level"> & { readonly level?: LogLevel };
}

/** What lines are made with. */
export interface LineOptions {
  readonly show: Representations;
  /** Whether lines of level `debug` are written. */
  readonly debug: boolean;
}

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

function failed(event: WorkerEvents["task-failed"]): ReturnType<Row<never>["line"]> {
  const { id, task, runtimeMs, error, expected } = event;
  return {
    level: expected ? "info" : "error",
    message: `Task ${nameOf(event)} raised ${expected ? "expected" : "unexpected"}: ${shown(error)}`,
    fields: {
      ...{ task, id, runtime: runtimeMs / 1_000, error: shown(error), expected },
      ...(!expected && { stack: stackOf(error) }),
    },
  };
}

/** n.b. arguments are shown to those alone who read what is for debugging. */
function received({ id, task, args, isEncrypted }: WorkerEvents["task-received"], { show, debug }: LineOptions) {
  const message = `Task ${nameOf({ id, task })} received`;
  if (!debug) return { message, fields: { task, id } };
  const shownArgs = show.args(task, args, isEncrypted);
  return { level: "debug" as const, message: `${message}: ${shownArgs}`, fields: { task, id, args: shownArgs } };
}

const ROWS: { readonly [E in keyof WorkerEvents]: Row<WorkerEvents[E]> } = {
  "task-received": { upTo: "info", line: received },
  "task-started": {
    upTo: "debug",
    line: ({ id, task }) => ({ message: `Task ${nameOf({ id, task })} started`, fields: { task, id } }),
  },
  "task-succeeded": {
    upTo: "info",
    line: ({ id, task, runtimeMs, result }, { show }) => {
      const value = show.result(task, result);
      return {
        message: `Task ${nameOf({ id, task })} succeeded in ${seconds(runtimeMs)}: ${value}`,
        fields: { task, id, runtime: runtimeMs / 1_000, result: value },
      };
    },
  },
  "task-failed": { upTo: "error", line: failed },
  "task-retried": {
    upTo: "info",
    line: ({ id, task, delayMs, error }) => ({
      message: `Task ${nameOf({ id, task })} retry: Retry in ${wait(delayMs)}: ${shown(error)}`,
      fields: { task, id, delay: delayMs / 1_000, error: shown(error) },
    }),
  },
  "task-rejected": {
    upTo: "warn",
    line: ({ id, task, error }) => ({
      message: `Task ${nameOf({ id, task })} rejected: ${shown(error)}`,
      fields: { task, id, error: shown(error) },
    }),
  },
  "task-revoked": {
    upTo: "info",
    line: ({ id, task, error, terminated }) => ({
      message:
        terminated === undefined
          ? `Discarding revoked task: ${nameOf({ id, task })}: ${error.message}`
          : `Task ${nameOf({ id, task })} revoked (terminated: ${terminated ? "yes" : "no"}): ${error.message}`,
      fields: { task, id, error: shown(error), ...(terminated !== undefined && { terminated }) },
    }),
  },
  "task-ignored": {
    upTo: "info",
    line: ({ id, task }) => ({ message: `Task ${nameOf({ id, task })} ignored`, fields: { task, id } }),
  },
  "task-parked": {
    upTo: "warn",
    line: ({ id, task, delayMs, reason }) => ({
      message: `Task ${nameOf({ id, task })} put back for ${wait(delayMs)}: ${reason}`,
      fields: { task, id, delay: delayMs / 1_000, reason },
    }),
  },
  "task-lost": {
    upTo: "warn",
    line: ({ id, task }) => ({
      message: `Task ${nameOf({ id, task })} was taken over by another worker; what came of it here is dropped`,
      fields: { task, id },
    }),
  },
  "task-log": {
    upTo: "error",
    line: ({ id, task, level, message, fields }) => ({
      level,
      message: `${nameOf({ id, task })}: ${message}`,
      fields: { ...fields, task, id },
    }),
  },
  warning: { upTo: "warn", line: ({ error }) => ({ message: error.message, fields: {} }) },
  fatal: { upTo: "error", line: ({ error }) => ({ message: error.message, fields: { stack: stackOf(error) } }) },
};

export const LOGGED_EVENTS = Object.keys(ROWS) as readonly (keyof WorkerEvents)[];

/** The most severe level that lines of an event can have. */
export const levelUpTo = (event: keyof WorkerEvents): LogLevel => ROWS[event].upTo;

/** An event as a line like Celery's: `Task add[0190…] succeeded in 0.01s: 8`. */
export function lineOf<E extends keyof WorkerEvents>(event: E, value: WorkerEvents[E], how: LineOptions): WorkerLine {
  const { upTo, line } = ROWS[event] as Row<WorkerEvents[E]>;
  const { level = upTo, message, fields } = line(value, how);
  return { level, message, fields: marked(event, fields) };
}

const MARK = Symbol("event");

/** n.b. the fields of a task may have an `event` of their own, so the mark is one that no logger writes. */
const marked = (event: keyof WorkerEvents, fields: LogFields): LogFields =>
  Object.defineProperty(event === "task-log" ? fields : { event, ...fields }, MARK, { value: event });

/** The event that a line's fields are of. */
export const eventOf = (fields: object): keyof WorkerEvents | undefined =>
  (fields as { readonly [MARK]?: keyof WorkerEvents })[MARK];
