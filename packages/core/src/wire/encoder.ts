import type { CodecLimits } from "./limits.js";
import { plainText } from "./plain-json.js";
import { RichEncoder } from "./rich-encoder.js";

/** The half of a codec that writes. */
export class Encoder {
  readonly #limits: CodecLimits;
  readonly #rich: RichEncoder;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
    this.#rich = new RichEncoder(limits);
  }

  /** See `Codec`. */
  encode(value: unknown, what: string): string {
    return plainText(value, this.#limits) ?? this.#rich.encode(value, what);
  }
}
