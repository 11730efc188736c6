// What a pool process is sent through the pipe to its sentinel. A frame is its length and the first key and number of its
// jobs (no jobs: an instruction to the sentinel), then a value as the structured clone algorithm writes it. The sentinel reads
// the head only: jobs go on to the main thread of the process as they are.
import { deserialize, serialize } from "node:v8";

const HEAD_BYTES = 12;

/** One message of the pipe. */
export interface Frame {
  readonly firstKey: number;
  /** How many jobs; 0 is an instruction. */
  readonly count: number;
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The bytes of a frame, to be written one after the other. */
export function encodeFrame(
  value: unknown,
  jobs: Pick<Frame, "firstKey" | "count"> = { firstKey: 0, count: 0 },
): Buffer[] {
  const payload = serialize(value);
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(jobs.firstKey, 4);
  head.writeUInt32LE(jobs.count, 8);
  return [head, payload];
}

export const decodePayload = (payload: Uint8Array): unknown => deserialize(payload);

/** Puts frames together from the chunks of a stream. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headFilled = 0;
  #payload: Uint8Array<ArrayBuffer> | undefined;
  #payloadFilled = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  read(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#payload === undefined ? this.#readHead(rest) : this.#readPayload(rest);
  }

  #readHead(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, HEAD_BYTES - this.#headFilled);
    this.#head.set(part, this.#headFilled);
    this.#headFilled += part.length;
    // n.b. no value is written in zero bytes
    if (this.#headFilled === HEAD_BYTES) this.#payload = new Uint8Array(this.#head.readUInt32LE(0));
    return chunk.subarray(part.length);
  }

  #readPayload(chunk: Uint8Array): Uint8Array {
    const payload = this.#payload!;
    const part = chunk.subarray(0, payload.length - this.#payloadFilled);
    payload.set(part, this.#payloadFilled);
    this.#payloadFilled += part.length;
    if (this.#payloadFilled === payload.length) this.#emit(payload);
    return chunk.subarray(part.length);
  }

  #emit(payload: Uint8Array<ArrayBuffer>): void {
    this.#payload = undefined;
    this.#headFilled = this.#payloadFilled = 0;
    this.#onFrame({ firstKey: this.#head.readUInt32LE(4), count: this.#head.readUInt32LE(8), payload });
  }
}
