import { TransportError } from "@taskgen/core";
import type { Link } from "./link.js";

interface Wait {
  /** Looks now; may be called at any time. */
  readonly look: () => void;
  readonly fail: (reason: unknown) => void;
}

/** What is waited for: looks whether it is there; `undefined`: not yet. */
export interface Awaited<T> {
  readonly look: () => T | undefined | Promise<T | undefined>;
  /** Calls `changed` whenever it may be; returns what ends that. */
  readonly watch: (changed: () => void) => () => void;
  readonly signal: AbortSignal | undefined;
}

const LOOK_AGAIN_MS = 100;

/** What is waited for over one link. */
export class Waits {
  readonly #link: Link;
  readonly #waits = new Set<Wait>();

  constructor(link: Link) {
    this.#link = link;
  }

  /** Resolves as soon as it is there; rejects with the signal's reason. */
  until<T>({ look, watch, signal }: Awaited<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => fail(signal?.reason);
      const end = (): void => {
        unwatch();
        signal?.removeEventListener("abort", giveUp);
        this.#waits.delete(wait);
      };
      const found = (what: T): void => (end(), resolve(what));
      const fail = (reason: unknown): void => (end(), reject(reason));
      const wait: Wait = { look: () => this.#waits.has(wait) && this.#look(look, found), fail };
      const unwatch = watch(() => this.#link.tell(wait.look));
      this.#waits.add(wait);
      signal?.addEventListener("abort", giveUp, { once: true });
      if (signal?.aborted === true) giveUp();
      wait.look();
    });
  }

  lookAgain(): void {
    for (const wait of this.#waits) wait.look();
  }

  fail(reason: unknown): void {
    for (const wait of [...this.#waits]) wait.fail(reason);
  }

  /** Nothing is told when the network does not bring the answer: the next look may. */
  #look<T>(look: Awaited<T>["look"], found: (what: T) => void): void {
    if (!this.#link.isUp) return;
    this.#link
      .request(look)
      .then((what) => {
        if (what !== undefined) found(what);
        return undefined;
      })
      .catch((error: unknown) => {
        // n.b. one request that fails on a connection that holds is repeated; a cut is noticed by its state
        if (error instanceof TransportError && this.#link.isUp)
          setTimeout(() => this.#look(look, found), LOOK_AGAIN_MS);
      });
  }
}
