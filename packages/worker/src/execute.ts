import {
  CodecError,
  IgnoreTask,
  RejectTask,
  type Middleware,
  type RemoteError,
  type RunTask,
  type TaskDefinition,
} from "@taskgen/core";
import {
  definitionOf,
  runAsTask,
  toRemoteError,
  type Codec,
  type MessageSeal,
  type RunningTask,
  type Sealer,
} from "@taskgen/core/internal";
import { ArgumentsRefused, type CheckArguments } from "./check-arguments.js";
import type { Entering } from "./entering.js";
import type { Outcome, RunHooks } from "./hooks.js";
import { decideRetry } from "./retry.js";
import { openArguments, sealValue } from "./sealing.js";
import type { Verdict } from "./verdict.js";

/** A task ready to run, and what it runs with. */
export interface Executable {
  readonly definition: TaskDefinition;
  /** What its arguments go through before it runs. */
  readonly check: CheckArguments | undefined;
  readonly run: RunTask;
  /** What is called after it ran. */
  readonly hooks: RunHooks | undefined;
  /** Sets what travelled with its headers. */
  readonly entering: Entering | undefined;
  readonly codec: Codec;
  /** Opens its arguments and seals its value, where the app has keys. */
  readonly sealer: Sealer | undefined;
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
}

/**
 * Decode, check, middleware and the function, encode. Touches no broker and no store; whatever happens is a verdict, so it never
 * rejects.
 */
export async function execute(executable: Executable, task: RunningTask, job: ExecutableJob): Promise<Verdict> {
  if (job.expires !== undefined && job.expires <= executable.ambient.now()) return { kind: "revoke", error: EXPIRED };
  let args: readonly unknown[];
  try {
    args = decodeArguments(executable.codec, openArguments(executable.sealer, task.id, job));
  } catch (error) {
    return { kind: "reject", error: toRemoteError(error) };
  }
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

function decodeArguments(codec: Codec, bytes: Uint8Array): readonly unknown[] {
  const args = codec.decode(bytes);
  if (Array.isArray(args)) return args as readonly unknown[];
  throw new CodecError("NOT_DECODABLE", "the arguments are not a list");
}

function encodeResult(codec: Codec, value: unknown): Outcome {
  try {
    return { verdict: { kind: "success", body: encoder.encode(codec.encode(value, "result")) }, subject: value };
  } catch (error) {
    return unexpected(error);
  }
}

const unexpected = (error: unknown): Outcome => ({
  verdict: { kind: "failure", error: toRemoteError(error), expected: false },
  subject: error,
});

/** Judging runs code of the task's author too: its matchers, getters of what was thrown. */
function judgeAnything(thrown: unknown, executable: Executable, task: RunningTask): Outcome {
  try {
    return judge(thrown, executable, task);
  } catch (error) {
    return unexpected(error);
  }
}

/** What a thrown value means. */
function judge(thrown: unknown, executable: Executable, task: RunningTask): Outcome {
  if (thrown instanceof IgnoreTask) return { verdict: { kind: "ignore" }, subject: thrown };
  if (thrown instanceof RejectTask || thrown instanceof ArgumentsRefused)
    return { verdict: { kind: "reject", error: toRemoteError(thrown) }, subject: thrown };
  const { definition, codec, ambient } = executable;
  const decision = decideRetry(thrown, { options: definition.options, retries: task.retries }, ambient);
  if (decision !== undefined && "delayMs" in decision) {
    const { delayMs, cause } = decision;
    return { verdict: { kind: "retry", delayMs, error: describe(cause, codec) }, subject: cause };
  }
  const error = decision === undefined ? thrown : decision.exhausted;
  const expected = (definition.options.throws ?? []).some((type) => error instanceof type);
  const described = { ...describe(error, codec), ...(expected && { declared: true as const }) };
  return { verdict: { kind: "failure", error: described, expected }, subject: error };
}

/** The error as data, with those of its own properties that can travel. */
const describe = (error: unknown, codec: Codec): RemoteError =>
  toRemoteError(error, (data) => {
    const whole = encodeData(data, codec);
    if (whole !== undefined) return whole;
    const able = Object.entries(data).filter(([key, value]) => encodeData({ [key]: value }, codec) !== undefined);
    return able.length === 0 ? undefined : encodeData(Object.fromEntries(able), codec);
  });

/** The most that is told of an error besides its texts. */
const MAX_DATA = 64 * 1024;

function encodeData(data: Record<string, unknown>, codec: Codec): string | undefined {
  try {
    const text = codec.encode(data, "error");
    return text.length > MAX_DATA ? undefined : text;
  } catch {
    return undefined;
  }
}
