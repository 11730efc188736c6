import type { Codec } from "../wire/codec.js";
import type { Decoder } from "../wire/decoder.js";
import { Encoder } from "../wire/encoder.js";
import { DEFAULT_LIMITS, type CodecLimits } from "../wire/limits.js";

/** An app's codec. The half that reads loads with the connection over which there is something to read. */
export class AppCodec implements Codec {
  readonly #limits: CodecLimits;
  readonly #encoder: Encoder;
  #decoder: Decoder | undefined;

  constructor(limits: Partial<CodecLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#encoder = new Encoder(this.#limits);
  }

  encode(value: unknown, what: string): string {
    return this.#encoder.encode(value, what);
  }

  decode(bytes: Uint8Array): unknown {
    if (this.#decoder === undefined) throw new Error("an app reads nothing before it is connected");
    return this.#decoder.decode(bytes);
  }

  /** Must have resolved before something is decoded. */
  async load(): Promise<void> {
    const { Decoder } = await import("../wire/decoder.js");
    this.#decoder ??= new Decoder(this.#limits);
  }
}
