import type { HeldSlot, Limiting } from "@taskgen/core/internal";
import type { LimitPolicy } from "./policy.js";

export interface SlotKeeperOptions {
  readonly policy: LimitPolicy;
  readonly limiting: Limiting;
  /** Those that jobs of this worker hold. */
  readonly slots: () => readonly HeldSlot[];
  /** Slots are free, and somebody waits. */
  readonly onFree: () => void;
  readonly warn: (error: unknown) => void;
}

const RENEW_MS = 20_000;

/** Renews the slots of running jobs, and frees those of jobs that are over. */
export class SlotKeeper {
  readonly #options: SlotKeeperOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  #leaving: HeldSlot[] = [];
  #running: Promise<void> | undefined;

  constructor(options: SlotKeeperOptions) {
    this.#options = options;
    if (options.policy.hasSlots) this.#timer = setInterval(() => this.#renew(), RENEW_MS).unref();
  }

  /** n.b. where only a rate limits, nobody waits for a slot. */
  leave(slot: HeldSlot): void {
    if (!this.#options.policy.hasSlots) return;
    this.#leaving.push(slot);
    this.#running ??= this.#run();
  }

  /** Resolves when all that left are told. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    // what ends in the same turn leaves together
    await Promise.resolve();
    const { limiting, policy, onFree, warn } = this.#options;
    while (this.#leaving.length > 0) {
      try {
        if (await limiting.leave(policy.room, this.#leaving.splice(0))) onFree();
      } catch (error) {
        // they are free when they are not renewed
        warn(error);
      }
    }
    this.#running = undefined;
  }

  #renew(): void {
    const { limiting, policy, slots, warn } = this.#options;
    const held = slots();
    if (held.length > 0) limiting.renew(policy.room, held).catch(warn);
  }
}
