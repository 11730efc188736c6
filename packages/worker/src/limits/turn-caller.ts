import type { Ambient } from "@taskgen/core";
import type { Connection, Envelope, HeldSlot, Limiting } from "@taskgen/core/internal";
import { pause } from "../pause.js";
import { companionOf } from "./companion.js";
import type { LimitPolicy } from "./policy.js";

export interface TurnCallerOptions {
  readonly policy: LimitPolicy;
  readonly limiting: Limiting;
  readonly connection: Connection;
  readonly clock: Pick<Ambient, "setAlarm">;
  /** How often to look where nothing is known to wait. */
  readonly idleMs: number;
  readonly leave: (slot: HeldSlot) => void;
  readonly warn: (error: unknown) => void;
}

/** How many turns are asked for at once. */
const MAX_TURNS = 100;
/** Not sooner after the last time. */
const PAUSE_MS = 2;
const SEND_MS = 5_000;
/** How often and how long to wait for the broker to forget what is on its way out of a queue. */
const KNOWN_TRIES = 5;
const KNOWN_PAUSE_MS = 40;

/** Asks whose turn it is in one room, and sends those on their way. */
export class TurnCaller {
  readonly #options: TurnCallerOptions;
  readonly #declared = new Set<string>();
  readonly #halt = new AbortController();
  #stopAlarm: (() => void) | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isCalled = false;

  constructor(options: TurnCallerOptions) {
    this.#options = options;
  }

  /** There may be turns now. */
  call(): void {
    this.#isCalled = true;
    if (this.#halt.signal.aborted) return;
    this.#running ??= this.#run().finally(() => this.#ran());
  }

  async stop(): Promise<void> {
    this.#halt.abort();
    this.#rest();
    await this.#running;
  }

  #ran(): void {
    this.#running = undefined;
    if (this.#isCalled) this.call();
  }

  async #run(): Promise<void> {
    this.#rest();
    let nextMs: number | undefined;
    while (this.#isCalled && !this.#halt.signal.aborted) {
      this.#isCalled = false;
      nextMs = await this.#turns();
      await pause(PAUSE_MS, this.#halt.signal);
    }
    if (!this.#halt.signal.aborted) this.#wait(nextMs);
  }

  /** In how many milliseconds to ask again, if it is known. */
  async #turns(): Promise<number | undefined> {
    const { limiting, policy, warn } = this.#options;
    try {
      const { envelopes, nextMs } = await limiting.turns(policy.room, policy.rules, MAX_TURNS);
      if (envelopes.length === MAX_TURNS) this.#isCalled = true;
      if (envelopes.length > 0) await this.#send(envelopes);
      return nextMs;
    } catch (error) {
      if (!this.#halt.signal.aborted) warn(error);
      return undefined;
    }
  }

  async #send(turns: readonly Envelope[]): Promise<void> {
    let left: readonly Envelope[] = turns.map((envelope) => ({
      ...envelope,
      queue: companionOf(envelope.queue),
      eta: undefined,
    }));
    await this.#declare(left);
    for (let tries = 0; left.length > 0 && tries < KNOWN_TRIES && !this.#halt.signal.aborted; tries++) {
      if (tries > 0) await pause(KNOWN_PAUSE_MS, this.#halt.signal);
      left = await this.#sendOnce(left);
    }
    if (left.length > 0) await this.#dropEnded(left.map(({ id }) => id));
  }

  /** n.b. one that is known may be on its way out of the queue that it is held from. */
  async #sendOnce(turns: readonly Envelope[]): Promise<Envelope[]> {
    const { connection, limiting, policy } = this.#options;
    const outcomes = await connection.transport.send(turns, AbortSignal.timeout(SEND_MS));
    const sent = turns.filter((_, i) => outcomes[i] === "stored");
    if (sent.length > 0)
      await limiting.sent(
        policy.room,
        sent.map(({ id }) => id),
      );
    return turns.filter((_, i) => outcomes[i] === "duplicate");
  }

  /** Those whose end is stored already will never run. */
  async #dropEnded(ids: readonly string[]): Promise<void> {
    const { connection, limiting, policy } = this.#options;
    const records = await connection.results.get(ids);
    const ended = ids.filter((_, i) => records[i] !== undefined);
    if (ended.length > 0) await limiting.sent(policy.room, ended);
    for (const id of ended) this.#options.leave({ id, holder: "" });
  }

  async #declare(turns: readonly Envelope[]): Promise<void> {
    const fresh = [...new Set(turns.map(({ queue }) => queue))].filter((queue) => !this.#declared.has(queue));
    if (fresh.length === 0) return;
    await this.#options.connection.transport.declare(fresh.map((name) => ({ name })));
    for (const name of fresh) this.#declared.add(name);
  }

  #wait(nextMs: number | undefined): void {
    const call = (): void => this.call();
    if (nextMs !== undefined) this.#stopAlarm = this.#options.clock.setAlarm(call, Math.max(PAUSE_MS, nextMs));
    this.#idle = setTimeout(call, this.#options.idleMs).unref();
  }

  #rest(): void {
    this.#stopAlarm?.();
    clearTimeout(this.#idle);
  }
}
