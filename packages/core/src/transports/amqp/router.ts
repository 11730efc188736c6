import { TransportError } from "../../errors.js";
import { stopsOf, tripOf, type Trip } from "./delay.js";
import { checked, escaped, type Names } from "./names.js";
import type { QueueType } from "./settings.js";
import type { Copy } from "./settling.js";
import { delayFixtures, type Fixture, queueFixtures } from "./topology.js";

/** Where a message is published, and what must be there. */
export interface Route {
  readonly exchange: string;
  readonly key: string;
  /** The queue that takes it first, as the broker calls it: who confirms. */
  readonly queue: string;
  readonly fixtures: readonly Fixture[];
  /** Milliseconds of delay that are left when this trip is over. */
  readonly restMs: number;
}

interface Ends {
  readonly queue: Route;
  readonly dead: Route;
}

/** Decides by which exchange and under which routing key an envelope goes. */
export class Router {
  readonly #names: Names;
  readonly #type: QueueType;
  readonly #now: () => number;
  readonly #ends = new Map<string, Ends | TransportError>();
  readonly #delays = new Map<string, readonly Fixture[]>();

  constructor(options: { readonly names: Names; readonly type: QueueType; readonly now: () => number }) {
    this.#names = options.names;
    this.#type = options.type;
    this.#now = options.now;
  }

  /** All queues that were ever asked for here and that RabbitMQ takes. */
  get queues(): string[] {
    return [...this.#ends].flatMap(([queue, ends]) => (ends instanceof TransportError ? [] : [queue]));
  }

  /** The queue's names and what belongs to it; an error when RabbitMQ takes no such name. */
  ends(queue: string): Ends | TransportError {
    let ends = this.#ends.get(queue);
    if (ends === undefined) this.#ends.set(queue, (ends = this.#findEnds(queue)));
    return ends;
  }

  route({ envelope, to, travel }: Copy): Route | TransportError {
    const ends = this.ends(envelope.queue);
    if (ends instanceof TransportError) return ends;
    if (to === "dead") return ends.dead;
    const delayMs = travel.restMs ?? (envelope.eta === undefined ? 0 : envelope.eta - this.#now());
    return delayMs > 0 ? this.#delayed(envelope.queue, ends.queue, tripOf(delayMs)) : ends.queue;
  }

  #delayed(queue: string, end: Route, trip: Trip): Route {
    const digits = trip.digits.join(".");
    const first = stopsOf(trip)[0]!;
    return {
      exchange: this.#names.delayExchange(trip.entry),
      key: `${digits}.${escaped(queue)}`,
      queue: this.#names.delayQueue(first.level, first.digit),
      fixtures: [...end.fixtures, ...this.#delayFixtures(trip)],
      restMs: trip.restMs,
    };
  }

  #delayFixtures(trip: Trip): readonly Fixture[] {
    const key = stopsOf(trip)
      .map(({ level, digit }) => `${level}.${digit}`)
      .join(" ");
    let fixtures = this.#delays.get(key);
    if (fixtures === undefined) {
      fixtures = delayFixtures(this.#names, trip);
      if (this.#delays.size >= MAX_REMEMBERED) this.#delays.clear();
      this.#delays.set(key, fixtures);
    }
    return fixtures;
  }

  #findEnds(queue: string): Ends | TransportError {
    try {
      checked(`${tripOf(1).digits.join(".")}.${escaped(queue)}`, queue);
      const fixtures = queueFixtures(this.#names, queue, this.#type);
      const end = (key: string): Route => ({ exchange: "", key, queue: key, fixtures, restMs: 0 });
      return { queue: end(this.#names.queue(queue)), dead: end(this.#names.dead(queue)) };
    } catch (cause) {
      return new TransportError("BROKER_ERROR", (cause as Error).message.replace(/^\[\w+\] /, ""), {
        certain: true,
        cause,
      });
    }
  }
}

const MAX_REMEMBERED = 10_000;
