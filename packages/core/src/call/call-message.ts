import type { Debounce, Dedupe, Throttle } from "../define/limits.js";
import type { CallOptions } from "../define/task-options.js";
import { plainKey, valueAt } from "../define/plain-key.js";
import type { Validator } from "../define/validator.js";
import { milliseconds } from "../duration.js";
import { CodecError, ConfigError, PublishError } from "../errors.js";
import { runningTask } from "../run/current-task.js";
import type { Codec } from "../wire/codec.js";
import { describeIssues } from "../wire/issues.js";
import { checkLimits } from "../define/check-limits.js";
import { CALL_VERSION, encodeMessage } from "../wire/encode-message.js";
import type { Header } from "../wire/message.js";

/** What a message says to workers besides: see `Header`. */
export type CallMarks = Pick<Header, "unique" | "keep" | "debounce" | "debouncedAt">;

/** The task that is called, as its stub knows it. */
export interface Target {
  /** The name on the wire. */
  readonly name: string;
  /** Hash of the contract that the caller was compiled against. */
  readonly hash?: string | undefined;
  /** Checks the arguments before they are sent. */
  readonly validator?: Validator | undefined;
  /** The task calls parts of its arguments sensitive: what does not fit is told without its value. */
  readonly sensitive?: boolean | undefined;
  /** Where the arguments have the key of the task's limit. */
  readonly limitKey?: string | undefined;
  readonly dedupe?: Dedupe | undefined;
  readonly debounce?: Debounce | undefined;
  readonly throttle?: Throttle | undefined;
  readonly marks?: CallMarks;
}

/** One call, before it is sent. */
export interface Call {
  readonly id: string;
  readonly target: Target;
  readonly args: readonly unknown[];
  readonly options: CallOptions;
}

/**
 * The body of a call's message.
 * @throws PublishError `NOT_SERIALIZABLE`, `INVALID_ARGUMENTS`
 */
export function encodeCall(codec: Pick<Codec, "encode">, call: Call): Uint8Array {
  const body = encodeBody(codec, call);
  // n.b. now that they could be encoded, none of them throws when it is read
  const issues = call.target.validator?.check(call.args) ?? [];
  if (issues.length > 0) throw refusal(call, "INVALID_ARGUMENTS", describeIssues(issues, call.target.sensitive));
  return body;
}

function encodeBody(codec: Pick<Codec, "encode">, call: Call): Uint8Array {
  try {
    return encodeMessage(header(call), codec.encode(call.args, "argument"));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw refusal(call, "NOT_SERIALIZABLE", error.message.replace(/^\[\w+\] /, ""), error);
  }
}

function refusal(
  { id, target: { name } }: Call,
  code: "INVALID_ARGUMENTS" | "NOT_SERIALIZABLE",
  reason: string,
  cause?: Error,
): PublishError {
  return new PublishError(code, `call of ${name}: ${reason}`, { cause, taskId: id, taskName: name });
}

function header({ target, args, options }: Call): Header {
  checkLimits(`call of ${target.name}`, options);
  return {
    v: CALL_VERSION,
    task: target.name,
    ...(target.hash !== undefined && { hash: target.hash }),
    ...(options.ignoreResult !== undefined && { ignoreResult: options.ignoreResult }),
    ...(options.timeLimit !== undefined && { timeLimit: milliseconds(options.timeLimit) }),
    ...(options.softTimeLimit !== undefined && { softTimeLimit: milliseconds(options.softTimeLimit) }),
    // n.b. a key that is not plain is left to the worker
    ...(target.limitKey !== undefined && { limitKey: plainKey(valueAt(args, target.limitKey)) }),
    ...runningTask()?.descent,
    ...target.marks,
    ...(options.headers !== undefined && { headers: checkHeaders(options.headers) }),
  };
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, text] of Object.entries(headers as Readonly<Record<string, unknown>>)) {
    if (typeof text !== "string") throw new ConfigError("OPTION_INVALID", `the header ${name} must be a string`);
  }
  return headers;
}
