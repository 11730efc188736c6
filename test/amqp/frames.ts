const METHOD = 1;
const HEARTBEAT = 8;
const FRAME_OVERHEAD = 8;
/** What a client sends before its first frame. */
const PROTOCOL_HEADER = 8;

/** Methods of AMQP 0-9-1 by class and method id. */
const METHODS = {
  "10.41": "open-ok",
  "10.50": "connection.close",
  "20.10": "channel.open",
  "40.10": "exchange.declare",
  "50.10": "queue.declare",
  "50.11": "queue.declare-ok",
  "50.20": "queue.bind",
  "60.10": "qos",
  "60.20": "consume",
  "60.21": "consume-ok",
  "60.30": "cancel",
  "60.31": "cancel-ok",
  "60.40": "publish",
  "60.60": "deliver",
  "60.80": "ack",
  "85.10": "confirm.select",
} as const;

export type Method = (typeof METHODS)[keyof typeof METHODS];

/** What a frame is counted as; `other` is content, and methods without a name here. */
export type FrameName = Method | "heartbeat" | "other";

/** The name under which a frame is counted. */
export const nameOf = (frame: Buffer, method: Method | undefined): FrameName =>
  method ?? (frame[0] === HEARTBEAT ? "heartbeat" : "other");

/** The name of a frame's method; undefined for others, and for content. */
function methodOf(frame: Buffer): Method | undefined {
  if (frame[0] !== METHOD) return undefined;
  const id = `${frame.readUInt16BE(7)}.${frame.readUInt16BE(9)}`;
  return Object.hasOwn(METHODS, id) ? METHODS[id as keyof typeof METHODS] : undefined;
}

/** Takes one direction of one connection apart. */
export class FrameReader {
  readonly #onFrame: (frame: Buffer, method: Method | undefined) => void;
  #rest: Buffer = Buffer.alloc(0);
  #header: number;

  constructor(from: "client" | "server", onFrame: (frame: Buffer, method: Method | undefined) => void) {
    this.#header = from === "client" ? PROTOCOL_HEADER : 0;
    this.#onFrame = onFrame;
  }

  read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#header > 0 && this.#rest.length >= this.#header) this.#take(this.#header);
    while (this.#header === 0 && this.#rest.length >= FRAME_OVERHEAD) {
      const length = this.#rest.readUInt32BE(3) + FRAME_OVERHEAD;
      if (this.#rest.length < length) return;
      this.#take(length);
    }
  }

  #take(length: number): void {
    const frame = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    this.#onFrame(frame, this.#header > 0 ? undefined : methodOf(frame));
    this.#header = 0;
  }
}
