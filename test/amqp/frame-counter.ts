import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { onTestFinished } from "vitest";

const METHOD = 1;
const FRAME_OVERHEAD = 8;
const PROTOCOL_HEADER = 8;

/** Class and method ids of AMQP 0-9-1 that are counted. */
const METHODS = new Map([
  ["60.40", "publish"],
  ["60.60", "deliver"],
  ["60.80", "ack"],
  ["60.20", "consume"],
  ["60.30", "cancel"],
]);

/** Counts the methods of one direction of one connection. */
class FrameReader {
  readonly #count: (method: string) => void;
  #rest: Buffer = Buffer.alloc(0);
  #skip: number;

  constructor(skip: number, count: (method: string) => void) {
    this.#skip = skip;
    this.#count = count;
  }

  read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes.subarray(this.#skip)]);
    this.#skip = 0;
    while (this.#rest.length >= FRAME_OVERHEAD) {
      const end = this.#rest.readUInt32BE(3) + FRAME_OVERHEAD;
      if (this.#rest.length < end) return;
      if (this.#rest[0] === METHOD) this.#count(`${this.#rest.readUInt16BE(7)}.${this.#rest.readUInt16BE(9)}`);
      this.#rest = this.#rest.subarray(end);
    }
  }
}

export interface FrameCounter {
  readonly port: number;
  /** Sent by clients, by name. */
  readonly sent: Map<string, number>;
}

/** A proxy that counts what clients send; closed after the test. */
export async function countFrames(target: { readonly host: string; readonly port: number }): Promise<FrameCounter> {
  const sent = new Map<string, number>();
  const count = (method: string): void => {
    const name = METHODS.get(method) ?? "other";
    sent.set(name, (sent.get(name) ?? 0) + 1);
  };
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ ...target, noDelay: true });
    const reader = new FrameReader(PROTOCOL_HEADER, count);
    client.on("data", (bytes) => reader.read(bytes));
    client.pipe(server).pipe(client);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on("error", () => {}).on("close", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(async () => {
    listener.close();
    await once(listener, "close");
  });
  return { port: (listener.address() as AddressInfo).port, sent };
}
