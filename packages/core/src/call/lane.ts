import { TransportError } from "../errors.js";
import type { Envelope, SendOutcome } from "../transport.js";
import { within } from "../transports/within.js";
import type { Connection } from "./connection.js";
import { Deadlines } from "../deadlines.js";
import type { SendPolicy } from "./send-policy.js";

/** Told what became of a message, by its place among those that were given with it. */
type Settle = (outcome: SendOutcome, index: number) => void;

interface Pending {
  readonly envelope: Envelope;
  readonly deadline: number;
  readonly settle: Settle;
  readonly index: number;
}

const MAX_BATCH = 1_000;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;
/** A batch has the deadline of its first call; the others may lose no more than this of their own. */
const MAX_BATCH_MS = 1_000;
/** No call loses more than this share of its time to the deadline of an earlier one. */
const DEADLINE_SHARE = 1 / 30;
/** Batches on their way at once: one travels while the broker works on the other. */
const MAX_IN_FLIGHT = 2;

/** What a lane needs of its sender. */
export interface LaneHost {
  readonly connect: () => Promise<Connection>;
  /** Why the broker cannot be reached, when that is known. */
  readonly unreachable: () => string | undefined;
  /** What there is no connection to, and why. */
  readonly missing: () => string;
  /** Takes bytes of the room for messages that wait; why there is none. */
  readonly reserve: (bytes: number) => TransportError | undefined;
  readonly release: (bytes: number) => void;
}

/** Calls with one policy: all of one tick travel in one batch; while batches are on their way, the next one grows. */
export class Lane {
  readonly #host: LaneHost;
  readonly #policy: SendPolicy;
  readonly #deadlines: Deadlines;
  /** The promise of a connection that is there, and the connection. */
  #connected: readonly [Promise<Connection>, Connection] | undefined;
  readonly #waiting: Pending[] = [];
  /** Aborts when the broker cannot be reached; only for those that do not wait for it. */
  #lost = new AbortController();
  #inFlight = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(policy: SendPolicy, host: LaneHost) {
    this.#host = host;
    this.#policy = policy;
    this.#deadlines = new Deadlines(Math.min(MAX_BATCH_MS, policy.timeoutMs * DEADLINE_SHARE));
  }

  /** Nothing is on its way, and no more than one message waits. */
  get isQuiet(): boolean {
    return this.#inFlight === 0 && this.#waiting.length < 2;
  }

  /** Nothing waits and nothing is on its way. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#inFlight === 0;
  }

  send(envelopes: readonly Envelope[], settle: Settle): void {
    const reason = this.#policy.failFast ? this.#host.unreachable() : undefined;
    const deadline = performance.now() + this.#policy.timeoutMs;
    envelopes.forEach((envelope, index) => {
      const refusal = reason === undefined ? this.#host.reserve(envelope.body.length) : unreachable(reason);
      if (refusal === undefined) this.#waiting.push({ envelope, deadline, settle, index });
      else settle(refusal, index);
    });
    this.#schedule();
  }

  /** The broker cannot be reached: whoever does not wait for that is told. */
  disconnected(reason: string): void {
    if (!this.#policy.failFast) return;
    const waiting = this.#waiting.splice(0);
    this.#settle(
      waiting,
      waiting.map(() => unreachable(reason)),
    );
    this.#lost.abort();
    this.#lost = new AbortController();
    this.#noteIdle();
  }

  /** Resolves when nothing waits and nothing is on its way. */
  drained(): Promise<void> {
    return this.isIdle ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#scheduled || this.#inFlight >= MAX_IN_FLIGHT || this.#waiting.length === 0) return;
    this.#scheduled = true;
    void Promise.resolve().then(() => this.#flushAll());
  }

  #flushAll(): void {
    this.#scheduled = false;
    while (this.#inFlight < MAX_IN_FLIGHT && this.#waiting.length > 0) void this.#flush(this.#takeBatch());
  }

  #takeBatch(): Pending[] {
    let count = 0;
    let bytes = 0;
    const latest = this.#waiting[0]!.deadline + MAX_BATCH_MS;
    while (count < this.#waiting.length && count < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
      if (this.#waiting[count]!.deadline > latest) break;
      bytes += this.#waiting[count++]!.envelope.body.length;
    }
    return this.#waiting.splice(0, count);
  }

  async #flush(batch: readonly Pending[]): Promise<void> {
    this.#inFlight++;
    const deadline = this.#end(batch[0]!.deadline);
    const first = await this.#trySend(batch, deadline);
    const outcomes = first.some(isRetriable) ? await this.#retry(batch, first, deadline) : first;
    this.#inFlight--;
    this.#settle(batch, outcomes);
    this.#schedule();
    this.#noteIdle();
  }

  #settle(batch: readonly Pending[], outcomes: readonly SendOutcome[]): void {
    this.#host.release(batch.reduce((sum, { envelope }) => sum + envelope.body.length, 0));
    batch.forEach(({ settle, index }, i) => settle(outcomes[i]!, index));
  }

  #noteIdle(): void {
    if (this.isIdle) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Sends again what may succeed later, until the policy or the deadline ends it. */
  async #retry(
    batch: readonly Pending[],
    first: readonly SendOutcome[],
    deadline: AbortSignal,
  ): Promise<readonly SendOutcome[]> {
    const outcomes = [...first];
    const { maxRetries, intervalStartMs, intervalStepMs, intervalMaxMs } = this.#policy;
    for (let retry = 0; retry < maxRetries && !deadline.aborted; retry++) {
      const again = outcomes.flatMap((outcome, i) => (isRetriable(outcome) ? [i] : []));
      if (again.length === 0) break;
      const leftMs = Math.max(0, batch[0]!.deadline - performance.now());
      await pause(Math.min(intervalMaxMs, intervalStartMs + retry * intervalStepMs, leftMs));
      const next = await this.#trySend(
        again.map((i) => batch[i]!),
        deadline,
      );
      again.forEach((at, i) => (outcomes[at] = afterAnotherTry(outcomes[at]!, next[i]!)));
    }
    return outcomes;
  }

  #end(deadline: number): AbortSignal {
    const signal = this.#deadlines.signal(deadline);
    return this.#policy.failFast ? AbortSignal.any([signal, this.#lost.signal]) : signal;
  }

  async #trySend(batch: readonly Pending[], deadline: AbortSignal): Promise<readonly SendOutcome[]> {
    let certain = true;
    try {
      const connecting = this.#host.connect();
      if (connecting !== this.#connected?.[0]) await this.#reach(connecting, deadline);
      const { transport, results, sealer } = this.#connected![1];
      const replyTo = results.address?.();
      const addressed = batch.map(({ envelope }) => (replyTo === undefined ? envelope : address(envelope, replyTo)));
      const envelopes = sealer === undefined ? addressed : addressed.map((envelope) => sealer.sealMessage(envelope));
      certain = false;
      return await transport.send(envelopes, deadline);
    } catch (error) {
      const failure = toTransportError(error, certain);
      return batch.map(() => failure);
    }
  }

  async #reach(connecting: Promise<Connection>, deadline: AbortSignal): Promise<void> {
    this.#connected = [connecting, await beforeDeadline(connecting, deadline, this.#host.missing)];
  }
}

/** n.b. written out, since a spread costs as much as the rest of the way. */
const address = (
  { id, queue, priority, eta, expires, body }: Envelope,
  replyTo: string,
): { readonly [K in keyof Required<Envelope>]: Envelope[K] } => ({ id, queue, priority, eta, expires, replyTo, body });

const isRetriable = (outcome: SendOutcome): boolean => outcome instanceof TransportError && outcome.retriable;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const unreachable = (reason: string): TransportError =>
  new TransportError("BROKER_UNAVAILABLE", `the broker cannot be reached: ${reason}`, {
    certain: true,
    retriable: false,
  });

/** A failure to connect is certain: nothing was sent. */
const toTransportError = (error: unknown, certain: boolean): TransportError => {
  if (error instanceof TransportError) return error;
  const message = certain ? "the broker cannot be reached" : "the broker's answer is not known";
  return new TransportError("BROKER_UNAVAILABLE", message, { cause: error, certain, retriable: false });
};

/** Once one try was uncertain, no later failure is certain. */
function afterAnotherTry(before: SendOutcome, outcome: SendOutcome): SendOutcome {
  const isUncertain = before instanceof TransportError && !before.certain;
  if (!isUncertain || !(outcome instanceof TransportError) || !outcome.certain) return outcome;
  const { code, message, retriable } = outcome;
  return new TransportError(code, message.replace(/^\[\w+\] /, ""), { cause: outcome, certain: false, retriable });
}

const beforeDeadline = (
  connecting: Promise<Connection>,
  deadline: AbortSignal,
  missing: () => string,
): Promise<Connection> =>
  within(
    connecting,
    deadline,
    () =>
      new TransportError("BROKER_UNAVAILABLE", `${missing()} was not reached in time`, {
        certain: true,
        retriable: false,
      }),
  );
