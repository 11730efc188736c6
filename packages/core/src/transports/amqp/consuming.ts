import type { Deadline, Delivery, Unlisten } from "../../transport.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import { Consumer, type ConsumerOptions } from "./consumer.js";
import { Declarer } from "./declarer.js";
import type { OwnedDelivery } from "./delivery.js";
import { Inspection } from "./inspection.js";
import type { Names } from "./names.js";
import type { Route, Router } from "./router.js";
import type { AmqpSettings } from "./settings.js";
import { Standstill } from "./standstill.js";
import { Topics } from "./topics.js";
import { topicFixtures } from "./topology.js";

export interface ConsumingOptions extends Pick<
  ConsumerOptions,
  "divert" | "createId" | "owner" | "report" | "failpoint"
> {
  readonly settings: AmqpSettings;
  readonly connection: ConnectionOptions;
  readonly names: Names;
  readonly router: Router;
  readonly now: () => number;
}

/** The connection that consumes, and all that comes through it. It is opened when it is needed. */
export class Consuming {
  readonly connection: Connection;
  readonly inspection: Inspection;
  readonly #options: ConsumingOptions;
  readonly #declarer: Declarer;
  readonly #topics: Topics;
  readonly #consumers = new Set<Consumer>();
  readonly #standstill: Standstill | undefined;
  #doubt: Promise<void> | undefined;

  constructor(options: ConsumingOptions) {
    const { names, settings, report, now } = options;
    this.#options = options;
    const connection = (this.connection = new Connection(options.connection));
    this.#declarer = new Declarer(connection, settings.onMismatch);
    const declare = (): Promise<void> => this.#declarer.ensure(topicFixtures(names));
    this.#topics = new Topics({ connection, exchange: names.topics, declare, report });
    if (settings.heartbeatMs > 0) this.#standstill = new Standstill({ limitMs: settings.heartbeatMs / 2, now });
    this.inspection = new Inspection({ connection, names, owned: (queue) => this.#ownedOf(queue) });
  }

  /** What is delivered and not settled. */
  get owned(): OwnedDelivery[] {
    return [...this.#consumers].flatMap((consumer) => [...consumer.owned]);
  }

  /**
   * After a standstill the broker may have given up on this process, and the news may not have come yet: resolves when it is
   * known what is still owned. Undefined while there is no such doubt.
   */
  doubt(): Promise<void> | undefined {
    if (this.#standstill?.happened() === true) {
      const doubt = this.#hear().finally(() => {
        if (this.#doubt === doubt) this.#doubt = undefined;
      });
      this.#doubt = doubt;
    }
    return this.#doubt;
  }

  async declare(queues: readonly string[]): Promise<void> {
    const routes = queues.map((queue) => this.#end(queue));
    if (routes.length === 0) return;
    await this.connection.during(() => Promise.all(routes.map(({ fixtures }) => this.#declarer.ensure(fixtures))));
  }

  async consume(queue: string, credit: number, onBatch: (batch: readonly Delivery[]) => void): Promise<Consumer> {
    const { key, fixtures } = this.#end(queue);
    const consumer: Consumer = new Consumer({
      ...this.#options,
      connection: this.connection,
      queue,
      name: key,
      credit,
      onBatch,
      declare: () => this.#declarer.ensure(fixtures),
      undeclare: () => this.#declarer.forget(fixtures),
      done: () => this.#consumers.delete(consumer),
    });
    this.#consumers.add(consumer);
    this.#standstill?.watch();
    try {
      await this.connection.during(() => consumer.start());
      return consumer;
    } catch (error) {
      consumer.close();
      throw error;
    }
  }

  listen(topic: string, onMessage: (message: Uint8Array) => void): Promise<Unlisten> {
    return this.connection.during(() => this.#topics.listen(topic, onMessage));
  }

  /** Takes nothing more. */
  async stop(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.stop()));
  }

  async close(deadline: Deadline): Promise<void> {
    this.#standstill?.close();
    for (const consumer of this.#consumers) consumer.close();
    this.#topics.close();
    await this.connection.close(deadline);
  }

  /** n.b. the answer to a question comes after all that happened to the connection before. */
  async #hear(): Promise<void> {
    await this.connection.current?.scratch(async () => {}).catch(() => {});
  }

  #end(queue: string): Route {
    const ends = this.#options.router.ends(queue);
    if (ends instanceof Error) throw ends;
    return ends.queue;
  }

  #ownedOf(queue: string): number {
    return this.owned.filter(({ envelope }) => envelope.queue === queue).length;
  }
}
