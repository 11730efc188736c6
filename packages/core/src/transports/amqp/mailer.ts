import { TransportError } from "../../errors.js";
import type { Deadline } from "../../transport.js";
import { within } from "../within.js";
import type { Bound } from "./bound.js";
import type { Connection } from "./connection.js";
import type { Declarer } from "./declarer.js";
import { unavailable } from "./failure.js";
import { publicationOf } from "./properties.js";
import type { Publisher, PublishOutcome } from "./publisher.js";
import type { Route, Router } from "./router.js";
import type { Copy } from "./settling.js";
import type { SizeLimit } from "./size-limit.js";

export interface MailerOptions {
  readonly connection: Connection;
  readonly declarer: Declarer;
  readonly publisher: Publisher;
  readonly router: Router;
  readonly bound: Bound;
  readonly limit: SizeLimit;
}

type Sent = "stored" | TransportError;

interface Letter {
  readonly copy: Copy;
  readonly route: Route;
  /** Its place in the batch. */
  readonly index: number;
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
    const letters = copies.flatMap((copy, index): Letter[] => {
      const route = this.#options.router.route(copy);
      if (!(route instanceof TransportError)) return [{ copy, route, index }];
      outcomes[index] = route;
      return [];
    });
    const prepared = await this.#prepare(letters, deadline, outcomes);
    const sent = await this.#publish(prepared, deadline);
    prepared.forEach(({ index }, at) => (outcomes[index] = sent[at]!));
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

  /** Declares what is missing; those letters that can be sent. The others have their outcome. */
  async #prepare(letters: readonly Letter[], deadline: Deadline, outcomes: Sent[]): Promise<readonly Letter[]> {
    const { declarer, bound, limit } = this.#options;
    const isMissing = remembered((route: Route) => !declarer.has(route.fixtures));
    const waiting: Letter[] = [];
    for (const letter of letters) {
      if (!isMissing(letter.route)) continue;
      const { id, body } = letter.copy.envelope;
      const refusal = limit.check(id, body) ?? bound.enter(body.length);
      if (refusal === undefined) waiting.push(letter);
      else outcomes[letter.index] = refusal;
    }
    if (waiting.length > 0) {
      const obstacles = await this.#declare(new Set(waiting.map(({ route }) => route)), deadline);
      for (const { copy, route, index } of waiting) {
        bound.leave(copy.envelope.body.length);
        const obstacle = obstacles.get(route);
        if (obstacle !== undefined) outcomes[index] = obstacle;
      }
    }
    return letters.filter(({ index }) => outcomes[index] === undefined);
  }

  /** Why something cannot be sent, by route. */
  async #declare(routes: ReadonlySet<Route>, deadline: Deadline): Promise<Map<Route, TransportError>> {
    const obstacles = new Map<Route, TransportError>();
    const { declarer, connection } = this.#options;
    const open = new Set(routes);
    const prepare = async (route: Route): Promise<void> => {
      await declarer.ensure(route.fixtures).catch((error: unknown) => obstacles.set(route, asTransportError(error)));
      open.delete(route);
    };
    const all = Promise.all([...routes].map(prepare));
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
}

/** The answers of a function, each asked for once. */
function remembered<K, V>(ask: (key: K) => V): (key: K) => V {
  const answers = new Map<K, V>();
  return (key) => {
    if (!answers.has(key)) answers.set(key, ask(key));
    return answers.get(key)!;
  };
}

const asTransportError = (error: unknown): TransportError =>
  error instanceof TransportError ? error : unavailable(String(error), { certain: true, cause: error });
