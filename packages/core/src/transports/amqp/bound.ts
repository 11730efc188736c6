import { TransportError } from "../../errors.js";

const MAX_WAITING = 10_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Bounds what waits for a broker, wherever it waits. */
export class Bound {
  #count = 0;
  #bytes = 0;

  /** Counts a message until it leaves; or why it may not wait. One that is larger than all may wait alone. */
  enter(bytes: number): TransportError | undefined {
    if (this.#count > 0 && (this.#count >= MAX_WAITING || this.#bytes + bytes > MAX_WAITING_BYTES)) {
      const what = `${this.#count} messages, ${this.#bytes} bytes, wait for the broker already`;
      return new TransportError("BROKER_FULL", what, { certain: true });
    }
    this.#count++;
    this.#bytes += bytes;
    return undefined;
  }

  leave(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
  }
}
