import { TransportError } from "../../errors.js";
import type { ResultEvent, ResultRecord } from "../../result-backend.js";
import type { Deadline, OpenOptions } from "../../transport.js";
import { encodeFailure } from "../../wire/outcome.js";
import { toRemoteError } from "../../wire/to-remote-error.js";
import { Bound } from "./bound.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import type { Names } from "./names.js";
import { Publisher, type PublishOutcome } from "./publisher.js";
import { eventReplyOf, replyOf } from "./reply-message.js";
import type { AmqpSettings } from "./settings.js";
import { SizeLimit } from "./size-limit.js";

export interface ReplySendingOptions {
  readonly settings: AmqpSettings;
  readonly connection: ConnectionOptions;
  readonly names: Names;
  readonly report: (error: Error) => void;
  /** Seals what is told in place of a result. */
  readonly seal: OpenOptions["seal"];
}

/** The connection that sends replies to their callers' queues. */
export class ReplySending {
  readonly connection: Connection;
  readonly #publisher: Publisher;
  readonly #names: Names;
  readonly #putMs: number;
  readonly #seal: NonNullable<OpenOptions["seal"]>;
  #unroutable = 0;

  constructor({ settings, connection, names, report, seal = (record) => record }: ReplySendingOptions) {
    this.#seal = seal;
    this.connection = new Connection(connection);
    this.#names = names;
    this.#putMs = settings.settleMs;
    const limit = new SizeLimit(this.connection, settings.maxBytes);
    this.#publisher = new Publisher({ connection: this.connection, bound: new Bound(), limit, report });
  }

  /** How many replies no queue took: their callers are gone. */
  get unroutable(): number {
    return this.#unroutable;
  }

  /** Rejects unless all are with the broker or have no queue any more. */
  async send(records: readonly ResultRecord[]): Promise<void> {
    // n.b. an address comes with the message, from whoever wrote that: it must not lead to a task queue
    const addressed = records.filter(({ replyTo }) => replyTo !== undefined && this.#names.isReply(replyTo));
    this.#unroutable += records.length - addressed.length;
    const outcomes = await this.#publish(addressed);
    const tooLarge = addressed.flatMap((record, index) => {
      const outcome = outcomes[index];
      return isTooLarge(outcome) ? [this.#seal(failed(record, outcome))] : [];
    });
    this.#check(outcomes.filter((outcome) => !isTooLarge(outcome)));
    this.#check(await this.#publish(tooLarge));
  }

  /** The same for events, which are dropped where they are too large. */
  async sendEvents(events: readonly ResultEvent[]): Promise<void> {
    const addressed = events.filter(({ replyTo }) => replyTo !== undefined && this.#names.isReply(replyTo));
    if (addressed.length === 0) return;
    const replies = addressed.map((event) => eventReplyOf(event, event.replyTo!));
    this.#check(await this.#publisher.publish(replies, AbortSignal.timeout(this.#putMs)));
  }

  async close(deadline: Deadline): Promise<void> {
    await this.#publisher.close(deadline);
    await this.connection.close(deadline);
  }

  async #publish(records: readonly ResultRecord[]): Promise<PublishOutcome[]> {
    if (records.length === 0) return [];
    const replies = records.map((record) => replyOf(record, record.replyTo!));
    return this.#publisher.publish(replies, AbortSignal.timeout(this.#putMs));
  }

  #check(outcomes: readonly PublishOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome instanceof Error) throw outcome;
      if (outcome === "unroutable") this.#unroutable++;
    }
  }
}

const isTooLarge = (outcome: PublishOutcome | undefined): outcome is TransportError =>
  outcome instanceof TransportError && outcome.code === "PAYLOAD_TOO_LARGE";

/** What the caller is told instead of a result that the broker does not take. */
const failed = ({ id, replyTo, ttlMs }: ResultRecord, reason: TransportError): ResultRecord => {
  return { id, replyTo, ttlMs, state: "FAILURE", body: encodeFailure(toRemoteError(reason)) };
};
