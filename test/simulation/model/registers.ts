import type { Registers, Swap } from "@taskgen/core/internal";
import type { Mutant } from "../mutants.js";
import type { VirtualTime } from "../virtual-time.js";

/** What registers live in. */
export interface RegistersHost {
  /** Those of the broker in memory. */
  readonly registers: Registers;
  readonly time: VirtualTime;
  readonly mutant: Mutant | undefined;
}

/** How long a swap takes that is not one step. */
const TORN_MS = 30;

/** The registers of the model store. A batch is one step that nothing divides. */
export class ModelRegisters {
  readonly #host: RegistersHost;

  constructor(host: RegistersHost) {
    this.#host = host;
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    const { registers, mutant } = this.#host;
    if (mutant === "swap-not-atomic") return this.#tear(batch);
    const held = await registers.swap(batch);
    return mutant === "claim-never-helped"
      ? held.map((text, i) => (text === batch[i]!.next ? text : asSent(text)))
      : held;
  }

  /** Looks now, and writes only later whatever is there then. */
  async #tear(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    const { registers, time } = this.#host;
    const now = await registers.swap(batch.map(looking));
    const matching = batch.filter(({ expected }, i) => expected === true || expected === now[i]);
    time.after(TORN_MS, () => void registers.swap(matching.map((swap) => ({ ...swap, expected: true }))));
    return batch.map((swap, i) => (matching.includes(swap) ? swap.next : now[i]));
  }
}

/** n.b. what holds nothing is not changed by that. */
const looking = ({ key }: Swap): Swap => ({ key, expected: undefined, next: undefined, ttlMs: 1 });

const asSent = (text: string | undefined): string | undefined => text?.replace(/^p:/, "s:").replace(/^P:/, "S:");
