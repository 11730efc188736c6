import { TransportError } from "../../errors.js";
import type { Connection } from "./connection.js";
import { LEAST_ABILITIES } from "./versions.js";

/** What a server says when it closes a channel for the size of a message. */
const TOO_LARGE = /message size \d+ is larger than (?:configured )?max size (\d+)/;

/** The largest body that a server takes: what it was set to, or the default of its version, or what it said itself. */
export class SizeLimit {
  readonly #location: string;
  #bytes: number | undefined;

  constructor(connection: Connection, setTo: number | undefined) {
    this.#location = connection.location;
    this.#bytes = setTo;
    connection.watch({ up: ({ abilities }) => void (this.#bytes = setTo ?? abilities.maxBytes) });
  }

  /** Before the first connection: what every version takes. */
  get bytes(): number {
    return this.#bytes ?? LEAST_ABILITIES.maxBytes;
  }

  /** Learns from why a server closed a channel; holds until the next connection. */
  learn({ message }: Error): void {
    const [, bytes] = TOO_LARGE.exec(message) ?? [];
    if (bytes !== undefined) this.#bytes = Math.min(this.bytes, Number(bytes));
  }

  /** Why a body cannot be sent, as far as is known. */
  check(id: unknown, { length }: Uint8Array): TransportError | undefined {
    if (this.#bytes === undefined || length <= this.#bytes) return undefined;
    const what = `the message ${String(id)} has ${length} bytes; ${this.#location} takes ${this.#bytes}`;
    return new TransportError("PAYLOAD_TOO_LARGE", what, { certain: true });
  }
}
