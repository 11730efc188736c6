import type { Random } from "../random.js";

/** How often what goes wrong, each between 0 and 1. A simulation has only some of them: rare combinations need room. */
export interface FaultRates {
  /** A request has no effect, and its caller knows. */
  readonly refused: number;
  /** A request has its effect, and its answer is lost. */
  readonly unanswered: number;
  /** A request has its effect only after its caller was told that nobody knows. */
  readonly late: number;
  /** One item of a batch is refused, the others are not. */
  readonly partial: number;
  /** A request or its answer takes as long as `slowMs`. */
  readonly slow: number;
}

/** What becomes of one request. */
export interface RequestPlan {
  readonly requestMs: number;
  readonly answerMs: number;
  readonly fate: "answered" | "refused" | "unanswered" | "late";
}

export const NO_FAULTS: FaultRates = { refused: 0, unanswered: 0, late: 0, partial: 0, slow: 0 };

/** Draws what goes wrong, until it is told to stop. */
export class Faults {
  readonly #random: Random;
  readonly #latencyMs: number;
  readonly #slowMs: number;
  #rates: FaultRates;
  /** Requests that have been sent, and not arrived. */
  onTheirWay = 0;

  constructor(random: Random, { rates, latencyMs, slowMs }: FaultSettings) {
    this.#random = random;
    this.#rates = rates;
    this.#latencyMs = latencyMs;
    this.#slowMs = slowMs;
  }

  get random(): Random {
    return this.#random;
  }

  /** From now on nothing goes wrong. */
  cease(): void {
    this.#rates = NO_FAULTS;
  }

  latency(): number {
    const isSlow = this.#random.chance(this.#rates.slow);
    return this.#random.skewed(0, isSlow ? this.#slowMs : this.#latencyMs);
  }

  plan(): RequestPlan {
    const { refused, unanswered, late } = this.#rates;
    const at = this.#random.next();
    const fate =
      at < refused
        ? "refused"
        : at < refused + unanswered
          ? "unanswered"
          : at < refused + unanswered + late
            ? "late"
            : "answered";
    return { requestMs: this.latency(), answerMs: this.latency(), fate };
  }

  /** Whether one item of a batch is refused. */
  refusesItem(): boolean {
    return this.#random.chance(this.#rates.partial);
  }
}

export interface FaultSettings {
  readonly rates: FaultRates;
  readonly latencyMs: number;
  readonly slowMs: number;
}
