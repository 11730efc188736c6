import type { SendOptions } from "../define/retry-policy.js";
import type { Envelope, SendOutcome } from "../transport.js";
import type { Sender } from "./sender.js";

/** What is sent, or what makes it when its turn has come. */
export type Later<T> = T | (() => T);

/**
 * The way to the sender, which is loaded with the first call: it is no part of a client's first load. While anything loads
 * that a call needs, calls wait, and go in their order when it is there: those of one tick travel in one batch.
 */
export class Outgoing {
  readonly #open: () => Promise<Sender>;
  readonly #waiting: { readonly go: () => void; readonly fail: (error: unknown) => void }[] = [];
  #loading = 0;
  #isOpening = false;
  #sender: Sender | undefined;

  constructor(open: () => Promise<Sender>) {
    this.#open = open;
  }

  /** Nothing is on its way, and no more than one message waits. */
  get isQuiet(): boolean {
    return this.#loading === 0 && this.#sender?.isQuiet === true;
  }

  /** Resolves with what became of the message; rejects with what making it threw. */
  send(envelope: Later<Envelope>, how: SendOptions): Promise<SendOutcome> {
    return this.#pass((sender) => sender.send(made(envelope), how));
  }

  /** The same for many, with one promise. */
  sendMany(envelopes: Later<readonly Envelope[]>, how: SendOptions): Promise<SendOutcome[]> {
    return this.#pass((sender) => sender.sendMany(made(envelopes), how));
  }

  /** Calls from now on wait until this has loaded. */
  hold(loading: Promise<unknown>): void {
    this.#loading++;
    loading.then(
      () => --this.#loading === 0 && this.#waiting.splice(0).forEach(({ go }) => go()),
      (error: unknown) => {
        this.#loading--;
        this.#waiting.splice(0).forEach(({ fail }) => fail(error));
      },
    );
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async drained(): Promise<void> {
    if (this.#loading > 0) await this.#turn((resolve) => resolve(undefined));
    await this.#sender?.drained();
  }

  #pass<T>(send: (sender: Sender) => Promise<T>): Promise<T> {
    if (this.#loading === 0 && this.#sender !== undefined) return send(this.#sender);
    if (this.#sender === undefined && !this.#isOpening) this.hold(this.#load());
    return this.#turn((resolve) => resolve(send(this.#sender!)));
  }

  async #load(): Promise<void> {
    this.#isOpening = true;
    try {
      this.#sender = await this.#open();
    } finally {
      this.#isOpening = false;
    }
  }

  #turn<T>(act: (resolve: (value: T | Promise<T>) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        try {
          act(resolve);
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ go, fail: reject });
    });
  }
}

const made = <T extends object>(given: Later<T>): T => (typeof given === "function" ? given() : given);
