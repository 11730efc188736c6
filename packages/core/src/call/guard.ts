import type { Ambient } from "../ambient.js";
import type { SendOptions } from "../define/retry-policy.js";
import type { Emitter } from "../emitter.js";
import { ConfigError, PublishError, TransportError } from "../errors.js";
import { canFuse } from "../powers.js";
import { hasRegisters, type Swap } from "../registers.js";
import type { ResultBackend } from "../result-backend.js";
import { timeoutSignal } from "../timer.js";
import type { Transport } from "../transport.js";
import { within } from "../transports/within.js";
import { tellPublished, type AppEvents } from "./app-events.js";
import type { AsyncResult } from "./async-result.js";
import type { Call } from "./call-message.js";
import { claiming, claimsOf } from "./claims.js";
import { debouncing } from "./debouncing.js";
import { EndedResult } from "./ended-result.js";
import type { Ending, GuardPlace, SendAll } from "./guard-layer.js";
import { notSent, publishFailure } from "./publish-failure.js";
import type { StandIn } from "./stand-in.js";
import type { ResultSource } from "./stored-result.js";
import type { Deliver } from "./publish-chain.js";
import { sendPolicy } from "./send-policy.js";

/** What a guard needs of its publisher. */
export interface GuardHost extends Pick<GuardPlace, "codec" | "resultTtlMs"> {
  readonly ambient: Pick<Ambient, "now">;
  readonly sending: SendOptions;
  /** They reject with an `AggregateError`; a call alone with its own error. */
  readonly isList: boolean;
  /** Each call, or why it was not sent. */
  readonly deliver: Deliver;
  readonly source: Pick<ResultSource, "reader" | "connection">;
  readonly result: (call: Call) => AsyncResult<unknown>;
  readonly events: Emitter<AppEvents>;
  /** What calls wait for besides the broker. */
  readonly afterSend: () => StandIn["afterSend"];
}

/**
 * Sends calls of one task that have an idempotency key, or whose task has `dedupe`, `debounce` or `throttle`. Resolves to their
 * results when the broker has those that are to run.
 */
export async function sendGuarded(calls: readonly Call[], host: GuardHost): Promise<readonly AsyncResult<unknown>[]> {
  if (calls.length === 0) return [];
  try {
    const endings = await guarded(calls as readonly [Call], host);
    const sent = endings.filter(({ fate }) => fate === "sent").map(({ call }) => call);
    tellPublished(host.events, sent, Promise.resolve());
    await host.afterSend()?.(endings.filter(({ fate }) => fate !== "dropped").map(({ call }) => call.id));
    const reader = await host.source.reader();
    return endings.map(({ call, fate }, i) =>
      fate === "dropped" ? new EndedResult(calls[i]!, call.id, reader) : host.result(call),
    );
  } catch (error) {
    tellPublished(host.events, calls, Promise.reject(error));
    throw error instanceof AggregateError && !host.isList ? error.errors[0] : error;
  }
}

async function guarded(calls: readonly [Call, ...Call[]], host: GuardHost): Promise<readonly Ending[]> {
  try {
    const ends = await layers(calls[0], await open(calls[0], host), host)(calls);
    const failures = ends.filter((end) => end instanceof PublishError);
    if (failures.length > 0) throw notSent(failures, calls);
    return ends as readonly Ending[];
  } catch (error) {
    if (error instanceof PublishError) throw notSent([error], calls);
    if (!(error instanceof TransportError)) throw error;
    throw notSent(
      calls.map((call) => publishFailure(call, error)),
      calls,
    );
  }
}

/** What the calls go through: all have the task and the options of the first. */
function layers(first: Call, place: GuardPlace, { deliver }: GuardHost): SendAll {
  let send: SendAll = async (calls) => {
    const ends = await deliver(calls);
    // n.b. where a middleware refused one, the others are not told of
    if (ends.length < calls.length) throw notSent(ends as readonly PublishError[], calls);
    return ends.map((end) => (end instanceof PublishError ? end : { call: end, fate: "sent" }));
  };
  if (first.target.debounce !== undefined) send = debouncing(first.target.debounce, send, place);
  for (const claim of claimsOf(first, place)) send = claiming(claim, send, place);
  return send;
}

async function open(call: Call, host: GuardHost): Promise<GuardPlace> {
  const deadline = timeoutSignal(sendPolicy(call.options, host.sending).timeoutMs);
  const late = (): TransportError => unanswered("the result backend did not answer in time");
  const { transport, results } = await within(host.source.connection(), deadline, late);
  if (!hasRegisters(results)) throw missing(call, results.location);
  const swap = (batch: readonly Swap[]): Promise<readonly (string | undefined)[]> =>
    within(results.swap(batch), deadline, late).catch((error: unknown) => {
      // n.b. whatever became of a claim, no call was sent
      throw unanswered(`the result backend: ${error instanceof Error ? error.message : String(error)}`, error);
    });
  const { codec, ambient, resultTtlMs } = host;
  return { codec, now: ambient.now, resultTtlMs, swap, recognises: recognises(transport, results) };
}

/** n.b. a broker knows an id as long as its message or its result is there, so both must be in one store. */
const recognises = (transport: Transport, results: ResultBackend): boolean =>
  transport.caps.dedupe && canFuse(transport) && transport.fuse(results) !== undefined;

const unanswered = (message: string, cause?: unknown): TransportError =>
  new TransportError("BROKER_UNAVAILABLE", message, { cause, certain: true, retriable: false });

function missing({ target, options }: Call, location: string): ConfigError {
  const option =
    options.idempotencyKey !== undefined
      ? "idempotencyKey"
      : (["dedupe", "throttle", "debounce"] as const).find((name) => target[name] !== undefined);
  return new ConfigError(
    "CAPABILITY_MISSING",
    `call of ${target.name}: ${option} cannot be honoured with results at ${location}; set the app's backend to redis:, postgres:, sqlite: or memory:`,
  );
}
