import type { Ambient } from "../ambient.js";
import type { SendOptions } from "../define/retry-policy.js";
import { TASK_DEFAULTS, type CallOptions } from "../define/task-options.js";
import { milliseconds, type Duration } from "../duration.js";
import { ConfigError, PublishError, TransportError } from "../errors.js";
import type { Envelope } from "../transport.js";
import type { Codec } from "../wire/codec.js";
import type { AsyncResult } from "./async-result.js";
import { encodeCall, type Call, type Target } from "./call-message.js";
import type { Outgoing } from "./outgoing.js";
import type { StandIn } from "./stand-in.js";
import { StoredResult, type ResultSource } from "./stored-result.js";
import { PendingCall, PendingCalls } from "./task-call.js";

/** Called with a publish that failed, instead of leaving a floating call to be an unhandled rejection. */
export type OnPublishError = (error: PublishError) => void;

export interface PublisherOptions {
  readonly queue: string;
  readonly ambient: Ambient;
  readonly codec: Codec;
  readonly sender: Outgoing;
  readonly source: ResultSource;
  readonly onPublishError: OnPublishError | undefined;
  /** What a call waits for besides the broker. */
  readonly afterSend: () => StandIn["afterSend"];
}

/** Turns calls into envelopes, and what the sender says of them into results or errors. */
export class Publisher {
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(target: Target, args: readonly unknown[], options: CallOptions): PendingCall<unknown> {
    const call = { id: options.taskId ?? this.#options.ambient.createId(), target, args, options };
    const result = this.#result(call);
    const sent = this.#send(call);
    const pending = PendingCall.of(result, sent, (options) => {
      // calls that travel together have little to save
      if (this.#options.sender.isQuiet) result.expect(sent, options);
    });
    const { onPublishError } = this.#options;
    if (onPublishError !== undefined) pending.catch(onPublishError);
    return pending;
  }

  publishMany(target: Target, argsList: Iterable<readonly unknown[]>, options: CallOptions): PendingCalls<unknown> {
    const calls = Array.from(argsList, (args) => ({ id: this.#options.ambient.createId(), target, args, options }));
    const pending = PendingCalls.of(
      calls.map((call) => call.id),
      this.#sendMany(calls, options),
    );
    const { onPublishError } = this.#options;
    if (onPublishError !== undefined)
      pending.catch((failure: unknown) => {
        for (const error of failure instanceof AggregateError ? failure.errors : [failure])
          onPublishError(error as PublishError);
      });
    return pending;
  }

  /** The result of a call that this process may not have made. */
  result(id: string): AsyncResult<unknown> {
    return new StoredResult({ id, name: undefined, ignored: false, foreign: true }, this.#options.source);
  }

  async #send(call: Call): Promise<void> {
    const outcome = await this.#options.sender.send(this.#envelope(call), call.options);
    if (outcome instanceof TransportError) throw publishError(call, outcome);
    await this.#options.afterSend()?.([call.id]);
  }

  async #sendMany(calls: readonly Call[], how: SendOptions): Promise<readonly AsyncResult<unknown>[]> {
    const outcomes = await this.#options.sender.sendMany(this.#envelopes(calls), how);
    const failures = outcomes.flatMap((outcome, i) =>
      outcome instanceof TransportError ? [publishError(calls[i]!, outcome)] : [],
    );
    if (failures.length > 0) throw notSent(failures, calls);
    await this.#options.afterSend()?.(calls.map(({ id }) => id));
    return calls.map((call) => this.#result(call));
  }

  #result({ id, target, options }: Call): StoredResult<unknown> {
    return new StoredResult(
      { id, name: target.name, ignored: options.ignoreResult === true, foreign: false },
      this.#options.source,
    );
  }

  /** All or none: where one call cannot travel, none is sent. */
  #envelopes(calls: readonly Call[]): Envelope[] {
    const envelopes: Envelope[] = [];
    const failures: PublishError[] = [];
    for (const call of calls) {
      try {
        envelopes.push(this.#envelope(call));
      } catch (error) {
        if (!(error instanceof PublishError)) throw error;
        failures.push(error);
      }
    }
    if (failures.length > 0) throw notSent(failures, calls);
    return envelopes;
  }

  #envelope(call: Call): Envelope {
    const { options } = call;
    const { ambient, queue, codec } = this.#options;
    const now = ambient.now();
    return {
      id: checkId(call.id),
      queue: options.queue ?? queue,
      priority: checkPriority(options.priority ?? TASK_DEFAULTS.priority),
      eta: options.eta === undefined ? after(now, options.countdown) : timeOf("eta", options.eta),
      expires: options.expires instanceof Date ? timeOf("expires", options.expires) : after(now, options.expires),
      body: encodeCall(codec, call),
    };
  }
}

function publishError({ id, target: { name } }: Call, cause: TransportError): PublishError {
  const details = { cause, taskId: id, taskName: name };
  const reason = cause.message.replace(/^\[\w+\] /, "");
  if (cause.code === "PAYLOAD_TOO_LARGE")
    return new PublishError("PAYLOAD_TOO_LARGE", `call of ${name} (${id}): ${reason}`, details);
  if (cause.certain)
    return new PublishError("NOT_ENQUEUED", `call of ${name} (${id}) was not enqueued: ${reason}`, details);
  return new PublishError(
    "ENQUEUE_UNKNOWN",
    `call of ${name} (${id}) may not have been enqueued: ${reason}; sending it again with this taskId is safe`,
    details,
  );
}

const notSent = (failures: readonly PublishError[], calls: readonly Call[]): AggregateError =>
  new AggregateError(
    failures,
    `${failures.length} of ${calls.length} calls of ${calls[0]!.target.name} were not sent: ${failures[0]!.message}`,
  );

const after = (now: number, duration: Duration | undefined): number | undefined =>
  duration === undefined ? undefined : now + milliseconds(duration);

function checkId(id: string): string {
  if (/^[\x21-\x7e]{1,36}$/.test(id)) return id;
  throw new ConfigError(
    "OPTION_INVALID",
    `taskId ${JSON.stringify(id)} must be 1 to 36 printable ASCII characters without spaces`,
  );
}

function timeOf(option: "eta" | "expires", date: Date): number {
  const time = date.getTime();
  if (!Number.isNaN(time)) return time;
  throw new ConfigError("OPTION_INVALID", `${option} is an invalid date`);
}

function checkPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 9) return priority;
  throw new ConfigError("OPTION_INVALID", `priority ${priority} must be a whole number from 0 to 9, 9 first`);
}
