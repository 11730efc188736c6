import type { Middleware, RunTask, TaskDefinition } from "@taskgen/core";
import {
  definitionOf,
  runAsTask,
  toRemoteError,
  type MessageSeal,
  type RunningTask,
  type Sealer,
  type TaskPlace,
} from "@taskgen/core/internal";
import type { CheckArguments } from "./check-arguments.js";
import type { Entering } from "./entering.js";
import { expired } from "./expired.js";
import type { Outcome, RunHooks } from "./hooks.js";
import { decodeArguments, encodeResult, judgeAnything, type Judged } from "./judging.js";
import { openArguments, sealValue } from "./sealing.js";
import type { Verdict } from "./verdict.js";

/** A task ready to run, and what it runs with. */
export interface Executable extends Judged {
  /** What its arguments go through before it runs. */
  readonly check: CheckArguments | undefined;
  readonly run: RunTask;
  /** What is called after it ran. */
  readonly hooks: RunHooks | undefined;
  /** Sets what travelled with its headers. */
  readonly entering: Entering | undefined;
  /** Opens its arguments and seals its value, where the app has keys. */
  readonly sealer: Sealer | undefined;
  readonly place: TaskPlace;
}

/** Wraps the function in the middleware; the first is the outermost. */
export function compose(
  definition: TaskDefinition,
  middleware: readonly Middleware[],
  call: RunTask = async (_task, args) => definition.fn(...(args as never[])),
): RunTask {
  return middleware.reduceRight(
    (next, each) => (typeof each === "function" ? each(next) : (each.run?.(next) ?? next)),
    call,
  );
}

/** The definition of a loaded export. */
export function requireTask(name: string, exported: unknown): TaskDefinition {
  const definition = definitionOf(exported);
  if (definition !== undefined) return definition;
  throw new TypeError(`${name} is in the registry but its export is not a task; run \`npx taskgen\` again`);
}

/** What of a job is executed. */
export interface ExecutableJob {
  /** Encoded. */
  readonly args: Uint8Array;
  readonly seal: MessageSeal | undefined;
  /** Hash of the contract that they were made for. */
  readonly contract: string | undefined;
  /** Not started after this, epoch milliseconds. */
  readonly expires: number | undefined;
  /** It has no right to start after this, epoch milliseconds. */
  readonly startBy?: number | undefined;
}

/**
 * Decode, check, middleware and the function, encode. Touches no broker and no store, but for what a stream yields; whatever
 * happens is a verdict, so it never rejects.
 */
export async function execute(executable: Executable, task: RunningTask, job: ExecutableJob): Promise<Verdict> {
  const late = expired(job.expires, executable.ambient.now());
  if (late !== undefined) return late;
  let args: readonly unknown[];
  try {
    args = decodeArguments(executable.codec, openArguments(executable.sealer, task.id, job));
  } catch (error) {
    return { kind: "reject", error: toRemoteError(error) };
  }
  task.place = executable.place;
  // n.b. as late as it can be known
  if (job.startBy !== undefined && job.startBy <= executable.ambient.now()) return { kind: "late" };
  const enter = executable.entering?.(task);
  const inside = <T>(fn: () => T): T => (enter === undefined ? runAsTask(task, fn) : enter(() => runAsTask(task, fn)));
  const { hooks } = executable;
  let outcome: Outcome;
  try {
    const value = await inside(() => runChecked(executable, task, args, job.contract));
    outcome = sealValue(executable.sealer, task.id, encodeResult(executable.codec, value));
  } catch (thrown) {
    outcome = judgeAnything(thrown, executable, task);
  }
  if (hooks !== undefined) await inside(() => hooks(outcome, task));
  return outcome.verdict;
}

/** Without another turn where nothing is asynchronous. */
function runChecked(
  { check, run }: Executable,
  task: RunningTask,
  args: readonly unknown[],
  contract: string | undefined,
): Promise<unknown> {
  const checked = check === undefined ? args : check(args, contract);
  return checked instanceof Promise ? checked.then((fitting) => run(task, fitting)) : run(task, checked);
}
