import { CodecError, IgnoreTask, RejectTask, type RemoteError, type TaskDefinition } from "@taskgen/core";
import { toRemoteError, type Codec, type RunningTask } from "@taskgen/core/internal";
import { ArgumentsRefused } from "./check-arguments.js";
import type { Outcome } from "./hooks.js";
import { decideRetry } from "./retry.js";
import { StreamStalled } from "./streams/until-read.js";

/** What a task is judged by. */
export interface Judged {
  readonly definition: TaskDefinition;
  readonly codec: Codec;
  readonly ambient: { readonly now: () => number; readonly random: () => number };
}

/** @throws CodecError `NOT_DECODABLE` */
export function decodeArguments(codec: Codec, bytes: Uint8Array): readonly unknown[] {
  const args = codec.decode(bytes);
  if (Array.isArray(args)) return args as readonly unknown[];
  throw new CodecError("NOT_DECODABLE", "the arguments are not a list");
}

/** The outcome of a value. */
export function encodeResult(codec: Codec, value: unknown): Outcome {
  try {
    return { verdict: { kind: "success", body: Buffer.from(codec.encode(value, "result")) }, subject: value };
  } catch (error) {
    return unexpected(error);
  }
}

const unexpected = (error: unknown): Outcome => ({
  verdict: { kind: "failure", error: toRemoteError(error), expected: false },
  subject: error,
});

/** The outcome of what was thrown. Judging runs code of the task's author too: its matchers, getters of what was thrown. */
export function judgeAnything(thrown: unknown, executable: Judged, task: RunningTask): Outcome {
  try {
    return judge(thrown, executable, task);
  } catch (error) {
    return unexpected(error);
  }
}

/** What a thrown value means. */
function judge(thrown: unknown, executable: Judged, task: RunningTask): Outcome {
  if (isOfItems(thrown)) return unexpected(thrown);
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

/** An item that cannot be encoded, or that nobody reads: another run would come to the same. */
const isOfItems = (thrown: unknown): boolean =>
  thrown instanceof StreamStalled || (thrown instanceof CodecError && thrown.code === "NOT_SERIALIZABLE");

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
