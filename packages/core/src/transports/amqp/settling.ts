import type { TransportError } from "../../errors.js";
import type { Envelope, SettleOutcome, Settlement } from "../../transport.js";
import { type ChannelLife, OwnedDelivery } from "./delivery.js";
import type { Travel } from "./properties.js";

/** Publishes copies, in their order; the outcome of each. */
export type SendCopies = (copies: readonly Copy[]) => Promise<readonly ("stored" | TransportError)[]>;

/** An envelope on its way to where. */
export interface Copy {
  readonly envelope: Envelope;
  readonly to: "queue" | "dead";
  readonly travel: Travel;
}

export interface SettlerOptions {
  readonly send: SendCopies;
  readonly now: () => number;
  /** Whose deliveries are settled. */
  readonly owner: object;
  readonly failpoint: (name: string) => void;
  /** Resolves when it is known what is still owned; undefined: it is. */
  readonly doubt: () => Promise<void> | undefined;
}

interface Claim {
  readonly index: number;
  readonly delivery: OwnedDelivery;
  readonly copy: Copy | undefined;
}

/**
 * Settles: what is done is acknowledged; of all else a copy is published and confirmed first. A crash between the two makes
 * two of it, never none.
 */
export class Settler {
  readonly #options: SettlerOptions;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  async settle(batch: readonly Settlement[]): Promise<SettleOutcome[]> {
    this.#options.failpoint("settle.before");
    const doubt = this.#options.doubt();
    if (doubt !== undefined) await doubt;
    const outcomes = batch.map((): SettleOutcome => "lost");
    const claims = batch.flatMap((settlement, index) => this.#claim(settlement, index));
    const [done, moving] = [
      claims.filter(({ copy }) => copy === undefined),
      claims.filter(({ copy }) => copy !== undefined),
    ];
    for (const { index } of acknowledge(done)) outcomes[index] = "ok";
    if (moving.length > 0) await this.#move(moving, outcomes);
    this.#options.failpoint("settle.after");
    return outcomes;
  }

  async #move(claims: readonly Claim[], outcomes: SettleOutcome[]): Promise<void> {
    const sent = await this.#options.send(claims.map(({ copy }) => copy!));
    this.#options.failpoint("settle.between");
    const moved = claims.filter(({ index, delivery }, i) => {
      const outcome = sent[i]!;
      if (outcome !== "stored") delivery.unclaim();
      // n.b. the copy is there: what becomes of the original can only make a second one
      outcomes[index] = outcome === "stored" ? "ok" : outcome;
      return outcome === "stored";
    });
    acknowledge(moved);
  }

  #claim(settlement: Settlement, index: number): Claim[] {
    const { token } = settlement.delivery;
    if (!(token instanceof OwnedDelivery) || !token.claim(this.#options.owner)) return [];
    return [{ index, delivery: token, copy: this.#copy(settlement, token) }];
  }

  #copy(settlement: Settlement, { envelope, redeliveries }: OwnedDelivery): Copy | undefined {
    switch (settlement.to) {
      case "done":
        return undefined;
      case "retry":
        return { envelope: settlement.next, to: "queue", travel: {} };
      case "release":
        return { envelope, to: "queue", travel: { redeliveries } };
      case "dead":
        return { envelope, to: "dead", travel: { redeliveries, reason: settlement.reason, at: this.#options.now() } };
      default:
        return settlement satisfies never;
    }
  }
}

/** Acknowledges, channel by channel; those that were still ours. */
function acknowledge(claims: readonly Claim[]): Claim[] {
  const lives = new Map<ChannelLife, Claim[]>();
  for (const claim of claims) {
    const group = lives.get(claim.delivery.life);
    if (group === undefined) lives.set(claim.delivery.life, [claim]);
    else group.push(claim);
  }
  return [...lives].flatMap(([life, group]) => (life.acknowledge(group.map(({ delivery }) => delivery)) ? group : []));
}
