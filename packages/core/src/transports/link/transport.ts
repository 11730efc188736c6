import { TransportError } from "../../errors.js";
import type { Deadline, Envelope, SendOutcome, Transport, TransportCaps, TransportEvents } from "../../transport.js";
import { transferables } from "../../wire/pack.js";
import type { LinkClient } from "./client.js";
import { fromWireError, packEnvelopes, type Opened, type WireError } from "./messages.js";

/** A transport of the main thread, as a task in a pool thread uses it: to call tasks, not to consume them. */
export class LinkTransport implements Transport {
  readonly caps: TransportCaps;
  readonly location: string;
  readonly #link: LinkClient;
  readonly #handle: number;
  #closed = false;

  constructor(link: LinkClient, { handle, caps, location }: Opened) {
    this.#link = link;
    this.#handle = handle;
    this.caps = caps as TransportCaps;
    this.location = location;
  }

  async start(on: TransportEvents): Promise<void> {
    on.state("up");
  }

  async send(batch: readonly Envelope[], deadline: Deadline): Promise<readonly SendOutcome[]> {
    this.#assertOpen();
    const packed = packEnvelopes(batch);
    const transfer = transferables(packed.bodies);
    const outcomes = await this.#link.ask({
      op: "send",
      handle: this.#handle,
      args: [packed],
      transfer,
      signal: deadline,
    });
    return (outcomes as readonly (Exclude<SendOutcome, TransportError> | WireError)[]).map((outcome) =>
      typeof outcome === "string" ? outcome : (fromWireError(outcome) as TransportError),
    );
  }

  async broadcast(topic: string, message: Uint8Array): Promise<void> {
    this.#assertOpen();
    await this.#link.ask({ op: "broadcast", handle: this.#handle, args: [topic, message.slice()] });
  }

  declare(): Promise<never> {
    return this.#refuse("declare queues");
  }

  consume(): Promise<never> {
    return this.#refuse("consume");
  }

  settle(): Promise<never> {
    return this.#refuse("settle deliveries");
  }

  listen(): Promise<never> {
    return this.#refuse("listen");
  }

  /** The connection itself is the main thread's, and stays. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new TransportError("TRANSPORT_CLOSED", `the transport ${this.location} is closed`, { certain: true });
  }

  async #refuse(what: string): Promise<never> {
    const message = `a task in a pool thread cannot ${what} on ${this.location}; it can call tasks and read results`;
    throw new TransportError("BROKER_ERROR", message, { certain: true, retriable: false });
  }
}
