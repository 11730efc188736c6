import type { CodecLimits } from "./limits.js";
import { plainText } from "./plain-json.js";
import type { RichEncoder } from "./rich-encoder.js";

/** An `Encoder` of which the half that most arguments do not need loads when it is needed. */
export class CallEncoder {
  readonly #limits: CodecLimits;
  #rich: RichEncoder | undefined;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /** As `Codec` does; `undefined` for what is more than plain JSON, as long as `load` has not ended. */
  encode(value: unknown, what: string): string | undefined {
    return plainText(value, this.#limits) ?? this.#rich?.encode(value, what);
  }

  async load(): Promise<{ encode(value: unknown, what: string): string }> {
    const { RichEncoder } = await import("./rich-encoder.js");
    const rich = (this.#rich ??= new RichEncoder(this.#limits));
    return { encode: (value, what) => plainText(value, this.#limits) ?? rich.encode(value, what) };
  }
}
