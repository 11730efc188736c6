import type { SendOptions } from "../define/retry-policy.js";
import type { Envelope, SendOutcome } from "../transport.js";
import type { Sender } from "./sender.js";

/** The way to the sender, which is loaded with the first call: it is no part of a client's first load. */
export class Outgoing {
  readonly #open: () => Promise<Sender>;
  #opening: Promise<Sender> | undefined;
  #sender: Sender | undefined;

  constructor(open: () => Promise<Sender>) {
    this.#open = open;
  }

  /** Nothing is on its way, and no more than one message waits. */
  get isQuiet(): boolean {
    return this.#sender?.isQuiet === true;
  }

  /** Resolves with what became of the message. */
  send(envelope: Envelope, how: SendOptions): Promise<SendOutcome> {
    return this.#sender?.send(envelope, how) ?? this.#load().then((sender) => sender.send(envelope, how));
  }

  /** The same for many, with one promise. */
  sendMany(envelopes: readonly Envelope[], how: SendOptions): Promise<SendOutcome[]> {
    return this.#sender?.sendMany(envelopes, how) ?? this.#load().then((sender) => sender.sendMany(envelopes, how));
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async drained(): Promise<void> {
    await (await this.#opening)?.drained();
  }

  /** n.b. calls that wait for it go first: they were made before it is known here. */
  #load(): Promise<Sender> {
    return (this.#opening ??= this.#open().then((sender) => (this.#sender = sender)));
  }
}
