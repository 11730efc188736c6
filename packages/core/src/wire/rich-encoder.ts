import { CodecError } from "../errors.js";
import { checkSize, scanText } from "./bounds.js";
import type { CodecLimits } from "./limits.js";
import { locate } from "./locate.js";
import { Refusal } from "./refusal.js";
import { RICH } from "./rich.js";
import { RichJson } from "./rich-json.js";

/** Writes what is more than plain JSON, or says why it cannot travel. */
export class RichEncoder {
  readonly #limits: CodecLimits;
  readonly #rich: RichJson;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
    this.#rich = new RichJson(limits);
  }

  /** See `Codec`. */
  encode(value: unknown, what: string): string {
    if (value === undefined) return RICH;
    try {
      const text = RICH + this.#rich.stringify(value);
      scanText(text, this.#limits);
      checkSize(Buffer.byteLength(text), this.#limits);
      return text;
    } catch (error) {
      throw notSerializable(error, what);
    }
  }
}

function notSerializable(error: unknown, what: string): CodecError {
  const refusal = error instanceof Refusal ? error : new Refusal("cannot be read or written", []);
  const path = locate(what, refusal.steps);
  const details = error instanceof Refusal ? {} : { cause: error };
  return new CodecError("NOT_SERIALIZABLE", `${path} ${refusal.reason}`, { path, ...details });
}
