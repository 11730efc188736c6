import type { Admission, Entrant, HeldSlot, Limiting, LimitRules, Turns } from "../../limiting.js";
import { packEnvelopes, toEnvelope, transferBatch, unpackRows } from "./columns.js";
import type { Membership } from "./membership.js";

/** Asks the database thread for the waiting rooms. */
export class LimitRequests implements Limiting {
  readonly #membership: Membership;

  constructor(membership: Membership) {
    this.#membership = membership;
  }

  async admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    const heads = batch.map(({ id, key, holder }) => ({ id, key, holder }));
    const envelopes = packEnvelopes(batch.map(({ envelope }) => envelope));
    const transfers: ArrayBuffer[] = [];
    transferBatch(envelopes, transfers);
    return this.#membership.request("admit", { room, rules, entrants: { heads, envelopes } }, transfers);
  }

  async turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    const turns = await this.#membership.request("turns", { room, rules, max });
    return { ...turns, envelopes: unpackRows(turns.envelopes).map((row) => toEnvelope(row, 0)) };
  }

  async sent(room: string, ids: readonly string[]): Promise<void> {
    await this.#membership.request("sent", { room, ids });
  }

  async leave(room: string, slots: readonly HeldSlot[]): Promise<boolean> {
    return this.#membership.request("leaveRoom", { room, slots });
  }

  async rooms(): Promise<readonly string[]> {
    return this.#membership.request("rooms", {});
  }

  async renew(room: string, slots: readonly HeldSlot[]): Promise<void> {
    await this.#membership.request("renewSlots", { room, slots });
  }
}
