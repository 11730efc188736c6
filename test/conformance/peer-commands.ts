import { once } from "node:events";
import type { Delivery, PutOutcome, SettleOutcome, Subscription } from "@taskgen/core/internal";
import { deferred } from "../support/deferred.js";
import type { Participant } from "./implementation.js";

const HOUR_MS = 3_600_000;

const asText = (outcome: SettleOutcome | "stored" | "duplicate" | undefined): string =>
  typeof outcome === "string" ? outcome : (outcome?.code ?? "none");

/** What a peer does when told to. Arguments and answers are JSON, so that it can be told from another process. */
export class PeerCommands {
  protected readonly participant: Participant;
  readonly #taken: Delivery[] = [];
  readonly #subscriptions: Subscription[] = [];

  constructor(participant: Participant) {
    this.participant = participant;
  }

  async consume(queue: string, count: number): Promise<readonly string[]> {
    const { transport } = this.participant;
    await transport.declare([{ name: queue }]);
    const enough = deferred();
    const onBatch = (batch: readonly Delivery[]): void => {
      this.#taken.push(...batch);
      if (this.#taken.length >= count) enough.resolve();
    };
    this.#subscriptions.push(await transport.consume(queue, count, onBatch));
    await enough.promise;
    return this.#taken.map((delivery) => delivery.envelope.id);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.stop()));
  }

  async settle(): Promise<readonly string[]> {
    const outcomes = await this.participant.transport.settle(this.#taken.map((delivery) => ({ delivery, to: "done" })));
    return outcomes.map(asText);
  }

  async lost(): Promise<readonly string[]> {
    // n.b. `lost` is created on first use: a signal made after the loss must be aborted too
    const pending = this.#taken.map(({ lost }) => lost).filter((lost) => !lost.aborted);
    await Promise.all(pending.map((lost) => once(lost, "abort")));
    return this.#taken.map((delivery) => delivery.envelope.id);
  }

  async send(queue: string, id: string): Promise<string> {
    const envelope = { id, queue, priority: 4, body: new TextEncoder().encode(id) };
    const [outcome] = await this.participant.transport.send([envelope], AbortSignal.timeout(30_000));
    return asText(outcome);
  }

  async put(id: string, text: string): Promise<PutOutcome> {
    const body = new TextEncoder().encode(text);
    const [outcome] = await this.participant.results.put([{ id, state: "SUCCESS", body, ttlMs: HOUR_MS }]);
    return outcome!;
  }

  async wait(id: string): Promise<string> {
    const record = await this.participant.results.wait(id, AbortSignal.timeout(30_000));
    return new TextDecoder().decode(record.body);
  }
}
