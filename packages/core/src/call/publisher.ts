import type { Ambient } from "../ambient.js";
import type { SendOptions } from "../define/retry-policy.js";
import type { CallOptions } from "../define/task-options.js";
import { milliseconds, type Duration } from "../duration.js";
import type { Emitter } from "../emitter.js";
import { ConfigError, TransportError, type PublishError } from "../errors.js";
import type { Envelope, SendOutcome } from "../transport.js";
import type { Middleware } from "../run/middleware.js";
import type { CallEncoder } from "../wire/call-encoder.js";
import type { AppEvents } from "./app-events.js";
import type { AsyncResult } from "./async-result.js";
import { encodeCall, type Call, type Target } from "./call-message.js";
import { withInherited, type ContextOptions } from "./context.js";
import type { Later, Outgoing } from "./outgoing.js";
import type { PublishChain } from "./publish-chain.js";
import type { Routing } from "./routes.js";
import type { StandIn } from "./stand-in.js";
import { StoredResult, type ResultSource } from "./stored-result.js";
import { PendingCall, PendingCalls } from "./task-call.js";

/** Called with a publish that failed, instead of leaving a floating call to be an unhandled rejection. */
export type OnPublishError = (error: PublishError) => void;

export interface PublisherOptions {
  readonly routing: Routing;
  readonly ambient: Ambient;
  readonly codec: CallEncoder;
  readonly sender: Outgoing;
  readonly resultTtlMs: number;
  readonly source: ResultSource;
  readonly onPublishError?: OnPublishError | undefined;
  /** How hard its calls try to reach the broker. */
  readonly sending: SendOptions;
  readonly context: ContextOptions | undefined;
  readonly events: Emitter<AppEvents>;
  /** Fixed from the first time on that this is called. */
  readonly middleware: () => readonly Middleware[];
  /** What a call waits for besides the broker. */
  readonly afterSend: () => StandIn["afterSend"];
}

type CodecOfCalls = Awaited<ReturnType<CallEncoder["load"]>>;

/** Turns calls into envelopes, and what the sender says of them into results or errors. */
export class Publisher {
  readonly #options: PublisherOptions;
  #isWrapped: boolean | undefined;
  #chain: Promise<PublishChain> | undefined;
  #guard: Promise<[typeof import("./guard.js"), CodecOfCalls]> | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  publish(target: Target, args: readonly unknown[], options: CallOptions): PendingCall<unknown> {
    const call = { id: options.taskId ?? this.#options.ambient.createId(), target, args, options };
    const result = this.#result(call);
    const sent = this.#send(call, result);
    const pending = PendingCall.of(call.id, sent, (options) => {
      // calls that travel together have little to save
      if (this.#options.sender.isQuiet && !(this.#isWrapped || isGuarded(call))) result.expect(sent, options);
    });
    this.#tell([call], sent);
    const { onPublishError } = this.#options;
    if (onPublishError !== undefined) pending.catch(onPublishError);
    return pending;
  }

  publishMany(target: Target, argsList: Iterable<readonly unknown[]>, options: CallOptions): PendingCalls<unknown> {
    const calls = Array.from(argsList, (args) => ({ id: this.#options.ambient.createId(), target, args, options }));
    const sent = this.#sendMany(calls);
    const pending = PendingCalls.of(
      calls.map((call) => call.id),
      sent,
    );
    this.#tell(calls, sent);
    const { onPublishError } = this.#options;
    if (onPublishError !== undefined)
      pending.catch((failure: unknown) => {
        for (const error of failure instanceof AggregateError ? failure.errors : [failure])
          onPublishError(error as PublishError);
      });
    return pending;
  }

  /** The result of a call that this process may not have made. */
  result(id: string): StoredResult<unknown> {
    return new StoredResult({ id, name: undefined, ignored: false, foreign: true }, this.#options.source);
  }

  async #send(given: Call, result: StoredResult<unknown>): Promise<AsyncResult<unknown>> {
    const call = inheriting(given, withInherited(given.options, this.#options.context));
    if (isGuarded(call)) return (await this.#sendGuarded([call], false))[0]!;
    const chain = this.#middleware();
    let sent = result;
    if (chain !== undefined) sent = this.#result(await (await chain).send(call));
    else {
      const outcome = await this.#deliver(call);
      if (outcome instanceof TransportError) await failed(call, outcome);
    }
    const afterSend = this.#options.afterSend();
    if (afterSend !== undefined) await afterSend([call.id]);
    return sent;
  }

  async #sendMany(given: readonly Call[]): Promise<readonly AsyncResult<unknown>[]> {
    // n.b. calls that are made together inherit the same
    const options = given[0] && withInherited(given[0].options, this.#options.context);
    const calls = given.map((call) => inheriting(call, options!));
    if (isGuarded(calls[0])) return this.#sendGuarded(calls, true);
    const sent = await this.#dispatch(calls);
    const failures = sent.filter((each) => each instanceof Error);
    if (failures.length > 0) throw (await failing()).notSent(failures, calls);
    await this.#options.afterSend()?.(calls.map(({ id }) => id));
    return sent.map((call) => this.#result(call as Call));
  }

  async #sendGuarded(calls: readonly Call[], isList: boolean): Promise<readonly AsyncResult<unknown>[]> {
    // n.b. one promise for all, so that calls claim their keys in the order in which they are made
    const [{ sendGuarded }, codec] = await (this.#guard ??= Promise.all([
      import("./guard.js"),
      this.#options.codec.load(),
    ]));
    return sendGuarded(calls, {
      ...this.#options,
      codec,
      isList,
      deliver: (sends) => this.#dispatch(sends),
      result: (call) => this.#result(call),
    });
  }

  /** Through the middleware; each call, or why it was not sent. */
  async #dispatch(calls: readonly Call[]): Promise<readonly (Call | PublishError)[]> {
    const chain = this.#middleware();
    return chain === undefined ? this.#deliverAll(calls) : (await chain).sendMany(calls);
  }

  /** n.b. no promise of its own: there is one of these for each call. */
  #deliver(call: Call): Promise<SendOutcome> {
    const { sender } = this.#options;
    try {
      const envelope = this.#envelope(call);
      if (typeof envelope !== "function") return sender.send(envelope, call.options);
      this.#loadCodec();
      return sender.send(envelope, call.options).catch((error: unknown) => failed(call, error));
    } catch (error) {
      return failed(call, error);
    }
  }

  /** Each call, or why it was not sent. */
  async #deliverAll(calls: readonly Call[]): Promise<(Call | PublishError)[]> {
    const outcomes = await this.#sendAll(calls);
    if (!outcomes.some((outcome) => outcome instanceof TransportError)) return [...calls];
    const { publishFailure } = await failing();
    const end = (outcome: SendOutcome, i: number): Call | PublishError =>
      outcome instanceof TransportError ? publishFailure(calls[i]!, outcome) : calls[i]!;
    return outcomes.map(end);
  }

  /** n.b. all or none: where one call cannot travel, none is sent. */
  async #sendAll(calls: readonly Call[]): Promise<readonly SendOutcome[]> {
    try {
      const envelopes = calls.map((call) => this.#envelope(call));
      const isWhole = envelopes.every((each) => typeof each !== "function");
      if (!isWhole) this.#loadCodec();
      const made = (): readonly Envelope[] => envelopes.map((each) => (typeof each === "function" ? each() : each));
      return await this.#options.sender.sendMany(isWhole ? envelopes : made, calls[0]?.options ?? {});
    } catch (error) {
      throw (await failing()).unsendable(calls, error, (call) => {
        const envelope = this.#envelope(call);
        if (typeof envelope === "function") envelope();
      });
    }
  }

  /** Calls made meanwhile go after those that wait for it. */
  #loadCodec(): void {
    this.#options.sender.hold(this.#options.codec.load());
  }

  #tell(calls: readonly Call[], sent: Promise<unknown>): void {
    const { events } = this.#options;
    // n.b. of guarded ones it is told what is really sent
    if ((events.hears("published") || events.hears("publish-failed")) && !isGuarded(calls[0]))
      // n.b. an `import()` for each call would end in any order
      void (telling ??= import("./app-events.js")).then(({ tellPublished }) => tellPublished(events, calls, sent));
  }

  /** `undefined` where nothing wraps the calls. */
  #middleware(): Promise<PublishChain> | undefined {
    this.#isWrapped ??= this.#options.middleware().some((each) => "publish" in each);
    return this.#isWrapped ? (this.#chain ??= this.#loadChain()) : undefined;
  }

  async #loadChain(): Promise<PublishChain> {
    const { PublishChain } = await import("./publish-chain.js");
    return new PublishChain(this.#options, (calls) => this.#deliverAll(calls));
  }

  #result({ id, target, options }: Call): StoredResult<unknown> {
    return new StoredResult(
      { id, name: target.name, ignored: options.ignoreResult === true, foreign: false },
      this.#options.source,
    );
  }

  #envelope(call: Call): Later<Envelope> {
    const { target, options } = call;
    const { ambient, codec, routing } = this.#options;
    const now = ambient.now();
    const { queue, priority } = routing.place(target.name, options);
    const envelope = {
      id: checkId(call.id),
      queue,
      priority,
      eta: options.eta === undefined ? after(now, options.countdown) : timeOf("eta", options.eta),
      expires: options.expires instanceof Date ? timeOf("expires", options.expires) : after(now, options.expires),
      body: encodeCall(codec, call),
    };
    const { body } = envelope;
    return typeof body === "function" ? () => ({ ...envelope, body: body() }) : (envelope as Envelope);
  }
}

const failing = (): Promise<typeof import("./publish-failure.js")> => import("./publish-failure.js");

let telling: Promise<typeof import("./app-events.js")> | undefined;

const failed = async (call: Call, cause: unknown): Promise<never> => {
  throw (await failing()).callFailure(call, cause);
};

/** It may be the same as another one. */
const isGuarded = (call: Call | undefined): boolean =>
  (call?.target.dedupe ?? call?.target.debounce ?? call?.target.throttle ?? call?.options.idempotencyKey) !== undefined;

const inheriting = (call: Call, options: CallOptions): Call => (options === call.options ? call : { ...call, options });

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
