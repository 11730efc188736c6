import type { CallOptions } from "../define/task-options.js";
import { runningTask } from "../run/current-task.js";

/** What is used of an `AsyncLocalStorage`. */
export interface ContextStorage<T> {
  getStore(): T | undefined;
  run<R>(store: T, callback: () => R): R;
}

/** How a value of a storage travels. */
export interface ContextHeader<T = unknown> {
  readonly storage: ContextStorage<T>;
  /** `undefined`: it does not travel. */
  toHeader(value: T): string | undefined;
  /** What it throws is logged, and the task runs without the value. */
  fromHeader(text: string): T;
}

/** Storages whose values travel with calls, by the names of their headers. */
export type ContextOptions = Readonly<Record<string, ContextStorage<string> | ContextHeader>>;

/** Options with the headers that a call inherits: of the running task, then of the storages; those of the call win. */
export function withInherited(options: CallOptions, context: ContextOptions | undefined): CallOptions {
  const parent = runningTask()?.headers;
  if (parent === undefined && context === undefined) return options;
  const headers: Record<string, string> = { ...parent };
  for (const name in context) {
    const text = headerOf(context[name]!);
    if (text !== undefined) headers[name] = text;
  }
  Object.assign(headers, options.headers);
  return Object.keys(headers).length > 0 ? { ...options, headers } : options;
}

function headerOf(entry: ContextOptions[string]): string | undefined {
  if (!("storage" in entry)) return entry.getStore();
  const value = entry.storage.getStore();
  return value === undefined ? undefined : entry.toHeader(value);
}
