import type { SendOptions } from "../define/retry-policy.js";
import { TransportError } from "../errors.js";
import type { Envelope, SendOutcome } from "../transport.js";
import type { Connection } from "./connection.js";
import { Lane } from "./lane.js";
import type { LinkState } from "./link-state.js";
import { sendPolicy } from "./send-policy.js";

export interface SenderOptions extends SendOptions {
  readonly connect: () => Promise<Connection>;
  readonly state: LinkState;
  /** Bytes of messages that wait to be sent; beyond it a call is refused at once. */
  readonly maxBufferedBytes?: number | undefined;
}

const MAX_BUFFERED_BYTES = 128 * 1024 * 1024;
/** More policies than a program writes down are computed ones: those without calls are forgotten. */
const MAX_LANES = 16;

/** Sends calls; those that try equally hard travel together. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #usual: Lane;
  /** By their policies, for calls with one of their own. */
  readonly #lanes = new Map<string, Lane>();
  #bufferedBytes = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#usual = this.#open(options);
    options.state.onChange((side, { status, reason = "the connection was lost" }) => {
      if (side === "broker" && status === "down") for (const lane of this.#all) lane.disconnected(reason);
    });
  }

  /** Nothing is on its way, and no more than one message waits. */
  get isQuiet(): boolean {
    return this.#usual.isQuiet;
  }

  /** Resolves with what became of the message; never rejects. */
  send(envelope: Envelope, how: SendOptions): Promise<SendOutcome> {
    const lane = this.#laneOf(how);
    return new Promise((settle) => lane.send([envelope], settle));
  }

  /** The same for many, with one promise. */
  sendMany(envelopes: readonly Envelope[], how: SendOptions): Promise<SendOutcome[]> {
    const lane = this.#laneOf(how);
    const outcomes = new Array<SendOutcome>(envelopes.length);
    let open = envelopes.length;
    return new Promise((resolve) => {
      if (open === 0) resolve(outcomes);
      lane.send(envelopes, (outcome, i) => {
        outcomes[i] = outcome;
        if (--open === 0) resolve(outcomes);
      });
    });
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async drained(): Promise<void> {
    await Promise.all(this.#all.map((lane) => lane.drained()));
  }

  #reserve(bytes: number): TransportError | undefined {
    const { maxBufferedBytes = MAX_BUFFERED_BYTES } = this.#options;
    if (this.#bufferedBytes + bytes > maxBufferedBytes) return bufferFull(maxBufferedBytes);
    this.#bufferedBytes += bytes;
    return undefined;
  }

  get #all(): readonly Lane[] {
    return [this.#usual, ...this.#lanes.values()];
  }

  #laneOf({ retry, retryPolicy, publishTimeout }: SendOptions): Lane {
    if (retry === undefined && retryPolicy === undefined && publishTimeout === undefined) return this.#usual;
    const key = JSON.stringify([retry, retryPolicy, publishTimeout]);
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    if (this.#lanes.size >= MAX_LANES) this.#lanes.forEach((lane, key) => lane.isIdle && this.#lanes.delete(key));
    const lane = this.#open({ retry, retryPolicy, publishTimeout });
    this.#lanes.set(key, lane);
    return lane;
  }

  #open(how: SendOptions): Lane {
    const { connect, state } = this.#options;
    const unreachable = (): string | undefined => {
      const { status, reason } = state.of("broker");
      return status === "down" ? reason : undefined;
    };
    const missing = (): string => {
      const isThere = state.of("broker").status === "up";
      const { reason } = state.of(isThere ? "backend" : "broker");
      return `the ${isThere ? "result backend" : "broker"}${reason === undefined ? "" : ` (${reason})`}`;
    };
    return new Lane(sendPolicy(how, this.#options), {
      connect,
      unreachable,
      missing,
      reserve: (bytes) => this.#reserve(bytes),
      release: (bytes) => void (this.#bufferedBytes -= bytes),
    });
  }
}

const bufferFull = (limit: number): TransportError =>
  new TransportError("BROKER_FULL", `more than ${limit} bytes wait to be sent; await earlier calls first`, {
    certain: true,
    retriable: false,
  });
