import {
  CodecError,
  IgnoreTask,
  RejectTask,
  type Middleware,
  type RemoteError,
  type RunTask,
  type TaskDefinition,
} from "@taskgen/core";
import { definitionOf, runAsTask, toRemoteError, type Codec, type RunningTask } from "@taskgen/core/internal";
import { ArgumentsRefused, type CheckArguments } from "./check-arguments.js";
import { decideRetry } from "./retry.js";
import type { Verdict } from "./verdict.js";

/** A task ready to run, and what it runs with. */
export interface Executable {
  readonly definition: TaskDefinition;
  /** What its arguments go through before it runs. */
  readonly check: CheckArguments | undefined;
  readonly run: RunTask;
  readonly codec: Codec;
  readonly ambient: { readonly now: () => number; readonly random: () => number };
}

const encoder = new TextEncoder();

/** Why a task that waited too long was not started. */
export const EXPIRED: RemoteError = {
  name: "TaskRevoked",
  message: "expired before it was started",
  code: "TASK_EXPIRED",
};

/** Wraps the function in the middleware; the first is the outermost. */
export function compose(definition: TaskDefinition, middleware: readonly Middleware[]): RunTask {
  const call: RunTask = async (_task, args) => definition.fn(...(args as never[]));
  return middleware.reduceRight((next, wrap) => wrap(next), call);
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
  /** Hash of the contract that they were made for. */
  readonly contract: string | undefined;
  /** Not started after this, epoch milliseconds. */
  readonly expires: number | undefined;
}

/**
 * Decode, check, middleware and the function, encode. Touches no broker and no store; whatever happens is a verdict, so it never
 * rejects.
 */
export async function execute(executable: Executable, task: RunningTask, job: ExecutableJob): Promise<Verdict> {
  if (job.expires !== undefined && job.expires <= executable.ambient.now()) return { kind: "revoke", error: EXPIRED };
  let args: readonly unknown[];
  try {
    args = decodeArguments(executable.codec, job.args);
  } catch (error) {
    return { kind: "reject", error: toRemoteError(error) };
  }
  try {
    const value = await runAsTask(task, () => runChecked(executable, task, args, job.contract));
    return encodeResult(executable.codec, value);
  } catch (thrown) {
    return judgeAnything(thrown, executable, task);
  }
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

function decodeArguments(codec: Codec, bytes: Uint8Array): readonly unknown[] {
  const args = codec.decode(bytes);
  if (Array.isArray(args)) return args as readonly unknown[];
  throw new CodecError("NOT_DECODABLE", "the arguments are not a list");
}

function encodeResult(codec: Codec, value: unknown): Verdict {
  try {
    return { kind: "success", body: encoder.encode(codec.encode(value, "result")) };
  } catch (error) {
    return { kind: "failure", error: toRemoteError(error), expected: false };
  }
}

/** Judging runs code of the task's author too: its matchers, getters of what was thrown. */
function judgeAnything(thrown: unknown, executable: Executable, task: RunningTask): Verdict {
  try {
    return judge(thrown, executable, task);
  } catch (error) {
    return { kind: "failure", error: toRemoteError(error), expected: false };
  }
}

/** What a thrown value means. */
function judge(thrown: unknown, executable: Executable, task: RunningTask): Verdict {
  if (thrown instanceof IgnoreTask) return { kind: "ignore" };
  if (thrown instanceof RejectTask || thrown instanceof ArgumentsRefused)
    return { kind: "reject", error: toRemoteError(thrown) };
  const { definition, codec, ambient } = executable;
  const decision = decideRetry(thrown, { options: definition.options, retries: task.retries }, ambient);
  if (decision !== undefined && "delayMs" in decision) {
    return { kind: "retry", delayMs: decision.delayMs, error: describe(decision.cause, codec) };
  }
  const error = decision === undefined ? thrown : decision.exhausted;
  const expected = (definition.options.throws ?? []).some((type) => error instanceof type);
  return { kind: "failure", error: { ...describe(error, codec), ...(expected && { declared: true }) }, expected };
}

/** The error as data, with those of its own properties that can travel. */
function describe(error: unknown, codec: Codec): RemoteError {
  return toRemoteError(error, (data) => {
    try {
      return codec.encode(data, "error");
    } catch {
      return undefined;
    }
  });
}
