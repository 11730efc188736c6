import type { Debounce, Dedupe, Throttle } from "../define/limits.js";
import type { CallOptions } from "../define/task-options.js";
import { plainKey, valueAt } from "../define/plain-key.js";
import type { Issue, Validator } from "../define/validator.js";
import { milliseconds } from "../duration.js";
import { ConfigError } from "../errors.js";
import { runningTask } from "../run/current-task.js";
import { checkLimits } from "../define/check-limits.js";
import type { CallEncoder } from "../wire/call-encoder.js";
import { CALL_VERSION, encodeMessage } from "../wire/encode-message.js";
import { snapshot } from "../wire/snapshot.js";
import type { Later } from "./outgoing.js";
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

/** Arguments that do not fit their task. */
export class Unfit extends Error {
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super();
    this.issues = issues;
  }
}

/**
 * The body of a call's message; what makes it of the arguments as they are now where the encoder must load first.
 * @throws CodecError `NOT_SERIALIZABLE`; `Unfit`: `publish-failure.ts` makes of both what callers see
 */
export function encodeCall(codec: Pick<CallEncoder, "encode">, call: Call): Later<Uint8Array> {
  const head = header(call);
  const args = codec.encode(call.args, "argument");
  if (args !== undefined) return checked(call, encodeMessage(head, args));
  const kept = { ...call, args: snapshot(call.args) };
  return () => checked(kept, encodeMessage(head, codec.encode(kept.args, "argument")!));
}

/** n.b. now that they could be encoded, none of the arguments throws when it is read. */
function checked({ target, args }: Call, body: Uint8Array): Uint8Array {
  const issues = target.validator?.check(args) ?? [];
  if (issues.length > 0) throw new Unfit(issues);
  return body;
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
