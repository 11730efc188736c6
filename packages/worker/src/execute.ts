import type { CurrentTask, Middleware, RunTask, TaskDefinition } from "@taskgen/core";
import {
  definitionOf,
  runAsTask,
  toRemoteError,
  type MessageSeal,
  type RunningTask,
  type Sealer,
  type TaskPlace,
} from "@taskgen/core/internal";
import type { executeBatch } from "./batches/execute-batch.js";
import type { CheckArguments } from "./check-arguments.js";
import type { Entering } from "./entering.js";
import { expired } from "./expired.js";
import { isThenable, type Outcome, type RunHooks } from "./hooks.js";
import { decodeArguments, encodeResult, judgeAnything, type Judged } from "./judging.js";
import { openArguments, sealValue } from "./sealing.js";
import type { Verdict } from "./verdict.js";

/** A task ready to run, and what it runs with. */
export interface Executable extends Judged {
  /** What its arguments go through before it runs. */
  readonly check: CheckArguments | undefined;
  readonly run: RunNow;
  /** Runs the calls of a batch task; loaded with it. */
  readonly executeBatch: typeof executeBatch | undefined;
  /** What is called after it ran. */
  readonly hooks: RunHooks | undefined;
  /** Sets what travelled with its headers. */
  readonly entering: Entering | undefined;
  /** Opens its arguments and seals its value, where the app has keys. */
  readonly sealer: Sealer | undefined;
  readonly place: TaskPlace;
}

/** What `RunTask` is without middleware: it gives a value at once where nothing is asynchronous. */
export type RunNow = (task: CurrentTask, args: readonly unknown[]) => unknown;

/** Wraps the function in the middleware; the first is the outermost. */
export function compose(definition: TaskDefinition, middleware: readonly Middleware[], call?: RunTask): RunNow {
  const run: RunNow = call ?? ((_task, args) => definition.fn(...(args as never[])));
  return middleware.length === 0 ? run : wrap(async (task, args) => run(task, args), middleware);
}

const wrap = (innermost: RunTask, middleware: readonly Middleware[]): RunTask =>
  middleware.reduceRight(
    (next, each) => (typeof each === "function" ? each(next) : (each.run?.(next) ?? next)),
    innermost,
  );

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
 * happens is a verdict, so it never throws or rejects. At once where nothing is asynchronous: a promise for each task costs more
 * than the rest.
 */
export function execute(executable: Executable, task: RunningTask, job: ExecutableJob): Verdict | Promise<Verdict> {
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
  return run(executable, task, { args, contract: job.contract });
}

/** What a task runs with. */
interface Given {
  readonly args: readonly unknown[];
  readonly contract: string | undefined;
}

function run(executable: Executable, task: RunningTask, given: Given): Verdict | Promise<Verdict> {
  const enter = executable.entering?.(task);
  const inside: Inside = (fn) => (enter === undefined ? runAsTask(task, fn) : enter(() => runAsTask(task, fn)));
  let value: unknown;
  try {
    value = inside(() => runChecked(executable, task, given));
    if (executable.hooks === undefined && !isThenable(value)) return outcomeOf(executable, task, value).verdict;
  } catch (thrown) {
    value = Promise.reject(thrown);
  }
  return finish(executable, task, { value, inside });
}

/** Runs code of the task's author as that of the task. */
type Inside = <T>(fn: () => T) => T;

async function finish(
  executable: Executable,
  task: RunningTask,
  { value, inside }: { readonly value: unknown; readonly inside: Inside },
): Promise<Verdict> {
  let outcome: Outcome;
  try {
    outcome = outcomeOf(executable, task, await value);
  } catch (thrown) {
    outcome = judgeAnything(thrown, executable, task);
  }
  const { hooks } = executable;
  if (hooks !== undefined) await inside(() => hooks(outcome, task));
  return outcome.verdict;
}

const outcomeOf = ({ sealer, codec }: Executable, { id }: RunningTask, value: unknown): Outcome =>
  sealValue(sealer, id, encodeResult(codec, value));

/** Without another turn where nothing is asynchronous. */
function runChecked({ check, run }: Executable, task: RunningTask, { args, contract }: Given): unknown {
  const checked = check === undefined ? args : check(args, contract);
  return checked instanceof Promise ? checked.then((fitting) => run(task, fitting)) : run(task, checked);
}
