import type { CurrentTask, TaskEnd, TaskHooks } from "@taskgen/core";
import { toRemoteError, type RunningTask } from "@taskgen/core/internal";
import type { Verdict } from "./verdict.js";

/** A verdict with what it is about. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The value, or the error that decided. */
  readonly subject: unknown;
}

/** Calls what a task wants to be called after it ran; never rejects. */
export type RunHooks = (outcome: Outcome, task: RunningTask) => Promise<void>;

/** The options that are hooks. */
export const TASK_HOOKS = [
  "onSuccess",
  "onFailure",
  "onRetry",
  "afterReturn",
] as const satisfies readonly (keyof TaskHooks)[];

/** The longest that one is waited for. */
const MAX_WAIT_MS = 10_000;

/** `undefined` where a task has no hooks. */
export function taskHooks(hooks: TaskHooks): RunHooks | undefined {
  if (!TASK_HOOKS.some((name) => hooks[name] !== undefined)) return undefined;
  return async (outcome, task) => {
    for (const [name, call] of callsOf(hooks, outcome)) await bounded(name, () => call(task), task);
  };
}

type NamedCall = readonly [name: keyof TaskHooks, call: (task: CurrentTask) => unknown];

function callsOf(hooks: TaskHooks, { verdict, subject }: Outcome): NamedCall[] {
  const returned = (end: TaskEnd): NamedCall => ["afterReturn", (task) => hooks.afterReturn?.(end, task)];
  switch (verdict.kind) {
    case "success":
      return [
        ["onSuccess", (task) => hooks.onSuccess?.(subject, task)],
        returned({ state: "SUCCESS", value: subject }),
      ];
    case "failure":
      return [
        ["onFailure", (task) => hooks.onFailure?.(subject, task)],
        returned({ state: "FAILURE", error: subject }),
      ];
    case "retry":
      return [["onRetry", (task) => hooks.onRetry?.(subject, task)]];
    default:
      return [];
  }
}

/** n.b. only half of what the time limit leaves, since past it the task would fail. */
async function bounded(name: keyof TaskHooks, call: () => unknown, task: RunningTask): Promise<void> {
  try {
    const called = call();
    if (isThenable(called)) await within(Math.max(0, Math.min(MAX_WAIT_MS, task.remainingMs / 2)), called);
  } catch (err) {
    const { name: type, message } = toRemoteError(err);
    task.log.error({ err, hook: name }, `the hook ${name} failed: ${type}: ${message}`);
  }
}

/** What `await` waits for. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";

async function within(ms: number, promise: PromiseLike<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was waited for ${Math.round(ms)} ms in vain`)), ms);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
