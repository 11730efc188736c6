import type { Channel, ConsumeMessage } from "amqplib";
import type { Unlisten } from "../../transport.js";
import type { Connection } from "./connection.js";
import { asError, refused } from "./failure.js";
import { StandingChannel } from "./standing-channel.js";

type Listener = (message: Uint8Array) => void;

export interface TopicsOptions {
  readonly connection: Connection;
  readonly exchange: string;
  /** Makes sure that the exchange is there. */
  readonly declare: () => Promise<void>;
  readonly report: (error: Error) => void;
}

/** Listens to broadcasts through one exclusive queue, which lives as long as the connection. */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #channel: StandingChannel;
  readonly #listeners = new Map<string, Set<Listener>>();
  #queue = "";

  constructor(options: TopicsOptions) {
    this.#options = options;
    this.#channel = new StandingChannel({
      connection: options.connection,
      kind: "plain",
      setUp: (channel) => this.#setUp(channel),
      gone: () => {},
      refused: (reason) =>
        options.report(refused(`the broker closed the channel of ${options.exchange}`, reason, true)),
      report: options.report,
    });
  }

  async listen(topic: string, onMessage: Listener): Promise<Unlisten> {
    const listener: Listener = (message) => onMessage(message);
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    try {
      await this.#channel.open();
      await this.#bind(topic, this.#channel.current);
    } catch (error) {
      this.#remove(topic, listener);
      throw error;
    }
    return async () => this.#remove(topic, listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#channel.close();
  }

  async #setUp(channel: Channel): Promise<void> {
    await this.#options.declare();
    this.#queue = (await channel.assertQueue("", { exclusive: true, durable: false })).queue;
    for (const topic of this.#listeners.keys()) await channel.bindQueue(this.#queue, this.#options.exchange, topic);
    await channel.consume(this.#queue, (message) => this.#heard(message), { noAck: true });
  }

  /** n.b. a channel that is opened again binds all topics. */
  async #bind(topic: string, channel: Channel | undefined): Promise<void> {
    try {
      await channel?.bindQueue(this.#queue, this.#options.exchange, topic);
    } catch (error) {
      if (this.#channel.current === channel) throw error;
      await this.#channel.open();
    }
  }

  #heard(message: ConsumeMessage | null): void {
    if (message === null) return this.#channel.restart();
    for (const listener of [...(this.#listeners.get(message.fields.routingKey) ?? [])]) {
      try {
        listener(message.content);
      } catch (error) {
        this.#options.report(asError(error));
      }
    }
  }

  #remove(topic: string, listener: Listener): void {
    const listeners = this.#listeners.get(topic);
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    this.#listeners.delete(topic);
    this.#channel.current?.unbindQueue(this.#queue, this.#options.exchange, topic).catch(() => {});
  }
}
