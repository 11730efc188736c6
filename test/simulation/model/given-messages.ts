import { decodeMessage } from "@taskgen/core/internal";
import type { Claim } from "./claim.js";

interface Given {
  readonly claim: Claim;
  readonly redeliveries: number;
}

/** What each session was given last of an id. */
export class GivenMessages {
  readonly #given = new Map<string, Given>();

  note(claim: Claim): void {
    const { message, session } = claim;
    const key = `${message.envelope.id} ${session.name}`;
    const before = this.#given.get(key);
    // n.b. one that it lost, and may not know of yet, may be what it runs
    const isInDoubt = before !== undefined && before.claim.settledTo === undefined;
    this.#given.set(key, { claim, redeliveries: isInDoubt ? before.redeliveries : message.redeliveries });
  }

  /** How often it was tried before, at least. */
  triesOf(id: string, session: string): { readonly retries: number; readonly redeliveries: number } {
    const { claim, redeliveries } = this.#given.get(`${id} ${session}`)!;
    const { header } = decodeMessage(claim.message.envelope.body);
    return { retries: header.retries ?? 0, redeliveries: redeliveries + (header.redeliveries ?? 0) };
  }
}
