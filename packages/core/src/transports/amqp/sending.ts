import type { Envelope, Deadline } from "../../transport.js";
import type { TransportError } from "../../errors.js";
import { within } from "../within.js";
import { Bound } from "./bound.js";
import { Connection, type ConnectionOptions } from "./connection.js";
import { Declarer } from "./declarer.js";
import { unavailable } from "./failure.js";
import { Mailer } from "./mailer.js";
import type { Names } from "./names.js";
import { asBuffer } from "./properties.js";
import { Publisher } from "./publisher.js";
import type { Router } from "./router.js";
import type { AmqpSettings } from "./settings.js";
import { SizeLimit } from "./size-limit.js";
import type { Copy } from "./settling.js";
import { topicFixtures } from "./topology.js";
import { type Abilities, LEAST_ABILITIES } from "./versions.js";

export interface SendingOptions {
  readonly settings: AmqpSettings;
  readonly connection: ConnectionOptions;
  readonly names: Names;
  readonly router: Router;
  readonly report: (error: Error) => void;
}

const BROADCAST_MS = 5_000;

/** The connection that publishes, and all that goes through it. */
export class Sending {
  readonly connection: Connection;
  readonly #options: SendingOptions;
  readonly #declarer: Declarer;
  readonly #publisher: Publisher;
  readonly #mailer: Mailer;
  readonly #limit: SizeLimit;
  #abilities: Abilities = LEAST_ABILITIES;

  constructor(options: SendingOptions) {
    const { settings, router, report } = options;
    this.#options = options;
    const connection = (this.connection = new Connection(options.connection));
    const declarer = (this.#declarer = new Declarer(connection, settings.onMismatch));
    const limit = (this.#limit = new SizeLimit(connection, settings.maxBytes));
    const bound = new Bound();
    const publisher = (this.#publisher = new Publisher({
      connection,
      bound,
      limit,
      report,
      gone: () => declarer.clear(),
    }));
    this.#mailer = new Mailer({ connection, declarer, publisher, router, bound, limit });
    connection.watch({ up: ({ abilities }) => void (this.#abilities = abilities) });
  }

  /** What the server can do that was connected to last. */
  get abilities(): Abilities {
    return this.#abilities;
  }

  get maxBytes(): number {
    return this.#limit.bytes;
  }

  send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly ("stored" | TransportError)[]> {
    return this.#mailer.send(
      batch.map((envelope) => ({ envelope, to: "queue", travel: {} })),
      deadline,
    );
  }

  /** Copies of deliveries; they may take as long as a lease. */
  copy(copies: readonly Copy[]): Promise<readonly ("stored" | TransportError)[]> {
    return this.#mailer.send(copies, AbortSignal.timeout(this.#options.settings.settleMs));
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    const { names } = this.#options;
    const deadline = AbortSignal.timeout(BROADCAST_MS);
    const fixtures = topicFixtures(names);
    const late = (): Error =>
      unavailable(`${this.connection.location} did not take a broadcast in time`, { certain: true });
    if (!this.#declarer.has(fixtures)) {
      await this.connection.during(() => within(this.#declarer.ensure(fixtures), deadline, late));
    }
    const publication = {
      exchange: names.topics,
      key: topic,
      body: asBuffer(message),
      properties: { persistent: false },
    };
    const [outcome] = await this.#publisher.publish([publication], deadline);
    if (outcome instanceof Error) throw outcome;
  }

  async close(deadline: Deadline): Promise<void> {
    await this.#publisher.close(deadline);
    await this.connection.close(deadline);
  }
}
