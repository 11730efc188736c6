import { TransportError } from "../../errors.js";
import type { Deadline } from "../../transport.js";
import { within } from "../within.js";
import type { Connection } from "./connection.js";
import type { Declarer } from "./declarer.js";
import { unavailable } from "./failure.js";
import { publicationOf } from "./properties.js";
import type { Publisher, PublishOutcome } from "./publisher.js";
import type { Route, Router } from "./router.js";
import type { Copy } from "./settling.js";

export interface MailerOptions {
  readonly connection: Connection;
  readonly declarer: Declarer;
  readonly publisher: Publisher;
  readonly router: Router;
  /** The largest body that the broker takes. */
  readonly maxBytes: () => number;
}

type Sent = "stored" | TransportError;

interface Letter {
  readonly copy: Copy;
  readonly route: Route;
}

/** Sends envelopes to where they belong, declaring first what is not there. */
export class Mailer {
  readonly #options: MailerOptions;

  constructor(options: MailerOptions) {
    this.#options = options;
  }

  /** What became of each; never rejects. */
  async send(copies: readonly Copy[], deadline: Deadline): Promise<Sent[]> {
    const outcomes = new Array<Sent>(copies.length);
    const routes = copies.map((copy) => this.#options.router.route(copy));
    const obstacles = await this.#prepare(new Set(routes), deadline);
    const letters = copies.flatMap((copy, index) => {
      const route = routes[index]!;
      const obstacle = route instanceof TransportError ? route : (obstacles.get(route) ?? this.#oversize(copy));
      if (obstacle !== undefined) outcomes[index] = obstacle;
      return obstacle !== undefined || route instanceof TransportError ? [] : [{ copy, route, index }];
    });
    const sent = await this.#publish(letters, deadline);
    letters.forEach(({ index }, at) => (outcomes[index] = sent[at]!));
    return outcomes;
  }

  async #publish(letters: readonly Letter[], deadline: Deadline): Promise<Sent[]> {
    if (letters.length === 0) return [];
    const batch = letters.map(({ copy, route }) =>
      publicationOf(copy.envelope, route, { ...copy.travel, restMs: route.restMs }),
    );
    const outcomes = await this.#options.publisher.publish(batch, deadline);
    return outcomes.map((outcome, at) => this.#sent(letters[at]!, outcome));
  }

  #sent({ copy, route }: Letter, outcome: PublishOutcome): Sent {
    if (outcome === "confirmed") return "stored";
    if (outcome !== "unroutable") return outcome;
    this.#options.declarer.forget(route.fixtures);
    return new TransportError(
      "BROKER_ERROR",
      `no queue took the message ${copy.envelope.id}: ${route.key} was deleted`,
      {
        certain: true,
        retriable: true,
      },
    );
  }

  /** Why something cannot be sent, by route. */
  async #prepare(routes: ReadonlySet<Route | TransportError>, deadline: Deadline): Promise<Map<Route, TransportError>> {
    const obstacles = new Map<Route, TransportError>();
    const { declarer, connection } = this.#options;
    const missing = [...routes].filter(
      (route): route is Route => !(route instanceof TransportError) && !declarer.has(route.fixtures),
    );
    if (missing.length === 0) return obstacles;
    const open = new Set(missing);
    const prepare = async (route: Route): Promise<void> => {
      await declarer.ensure(route.fixtures).catch((error: unknown) => obstacles.set(route, asTransportError(error)));
      open.delete(route);
    };
    const all = Promise.all(missing.map(prepare));
    await connection
      .during(() => within(all, deadline, () => this.#late()))
      .catch((late: TransportError) => {
        for (const route of open) obstacles.set(route, late);
      });
    return obstacles;
  }

  #late(): TransportError {
    const { location, reason } = this.#options.connection;
    const why = reason?.message.replace(/^\[\w+\] /, "") ?? `${location} does not answer`;
    return unavailable(`not sent in time: ${why}`, { certain: true, cause: reason });
  }

  #oversize({ envelope }: Copy): TransportError | undefined {
    const max = this.#options.maxBytes();
    if (envelope.body.length <= max) return undefined;
    const what = `the message ${envelope.id} has ${envelope.body.length} bytes; ${this.#options.connection.location} takes ${max}`;
    return new TransportError("PAYLOAD_TOO_LARGE", what, { certain: true });
  }
}

const asTransportError = (error: unknown): TransportError =>
  error instanceof TransportError ? error : unavailable(String(error), { certain: true, cause: error });
