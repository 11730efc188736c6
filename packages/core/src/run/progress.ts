import type { Progress } from "../define/progress.js";
import { ConfigError } from "../errors.js";
import type { State } from "../state.js";
import { runningTask } from "./current-task.js";

/** What the engine does with a task; nothing that a task reports of itself. */
const ENGINE_STATES: ReadonlySet<string> = new Set<State>([
  ...(["PENDING", "RECEIVED", "STARTED", "RETRY"] as const),
  ...(["SUCCESS", "FAILURE", "REVOKED", "REJECTED", "IGNORED"] as const),
]);

/**
 * Makes a channel over which a task tells how far it has come.
 *
 * @example
 * ```ts
 * const steps = progress<{ done: number; total: number }>();
 * export const convert = task({ progress: steps }, async (files: string[]) => {
 *   for (const [i, file] of files.entries()) {
 *     await convertFile(file);
 *     steps.report({ done: i + 1, total: files.length });
 *   }
 * });
 * // for await (const { done, total } of tasks.convert.delay(files).progress()) …
 * ```
 */
export function progress<P>(): Progress<P> {
  const channel: Progress<P> = {
    report: (value, { state = "PROGRESS" } = {}) => {
      if (ENGINE_STATES.has(state)) throw reserved(state);
      const reporting = runningTask()?.reporting;
      if (reporting?.channel === channel) reporting.report(value, state);
    },
  };
  return channel;
}

const reserved = (state: string): ConfigError =>
  new ConfigError("OPTION_INVALID", `a task cannot report ${state}, a state of the engine's own; choose another name`);
