import { CodecError } from "../errors.js";
import { DEFAULT_LIMITS, scanJson, type CodecLimits } from "./limits.js";
import { isPlainJson } from "./plain-json.js";
import { locate, Refusal, renderSteps } from "./refusal.js";
import { refuseReservedKeys } from "./reserved-keys.js";
import { RichJson } from "./rich-json.js";

export type { CodecLimits } from "./limits.js";

/**
 * Turns values into text that travels, and bytes that came into values.
 *
 * What survives, besides JSON: `undefined`, NaN, the infinities, -0, bigint, Date, URL, URLSearchParams, Map, Set, Error,
 * ArrayBuffer and every view on one (a Buffer comes back as a Buffer), shared references and cycles. An Error comes back as
 * an `Error` of its name, with message, stack, code, cause and own data. A null-prototype object comes back as a plain one;
 * named properties of an array are left behind, as by JSON. All else is refused.
 */
export interface Codec {
  /**
   * Plain JSON where that is lossless, otherwise `~` and superjson.
   * @param what names the value in errors: `argument` makes paths such as `argument 1 .items[2]`; anything else is used as it is.
   * @throws CodecError `NOT_SERIALIZABLE` with the path of the first value that would not survive.
   */
  encode(value: unknown, what: string): string;
  /** @throws CodecError `NOT_DECODABLE` on anything that `encode` does not write, or that is beyond the limits. */
  decode(bytes: Uint8Array): unknown;
}

/** Alone it is `undefined`; otherwise superjson follows. No JSON begins with it. */
const RICH = "~";

// n.b. without ignoreBOM a byte order mark would vanish rather than fail
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A codec of its own superjson instance. Missing limits are the defaults. */
export function createCodec(limits: Partial<CodecLimits> = {}): Codec {
  return new JsonCodec({ ...DEFAULT_LIMITS, ...limits });
}

class JsonCodec implements Codec {
  readonly #limits: CodecLimits;
  readonly #rich: RichJson;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
    this.#rich = new RichJson(limits);
  }

  encode(value: unknown, what: string): string {
    if (value === undefined) return RICH;
    try {
      const text = isPlainJson(value, this.#limits) ? JSON.stringify(value) : this.#encodeRich(value);
      if (text.length * 3 > this.#limits.maxBytes) this.#checkSize(Buffer.byteLength(text));
      return text;
    } catch (error) {
      throw notSerializable(error, what);
    }
  }

  #encodeRich(value: unknown): string {
    const text = RICH + this.#rich.stringify(value);
    this.#scan(text);
    return text;
  }

  decode(bytes: Uint8Array): unknown {
    try {
      this.#checkSize(bytes.length);
      return this.#decodeText(utf8.decode(bytes));
    } catch (error) {
      throw notDecodable(error);
    }
  }

  #decodeText(text: string): unknown {
    if (text === RICH) return undefined;
    const isRich = text.startsWith(RICH);
    this.#scan(text);
    const parsed: unknown = JSON.parse(isRich ? text.slice(RICH.length) : text);
    refuseReservedKeys(text, parsed);
    return isRich ? this.#rich.revive(parsed) : parsed;
  }

  /**
   * In a rich text the entry of a Map, the parts of an Error, and the annotations of both take further levels and values;
   * after it is revived, the limits are checked on the value itself.
   */
  #scan(text: string): void {
    const { maxDepth, maxNodes } = this.#limits;
    if (text.startsWith(RICH)) scanJson(text, 2 * maxDepth + 8, 4 * maxNodes + 32);
    else scanJson(text, maxDepth, maxNodes);
  }

  #checkSize(bytes: number): void {
    const { maxBytes } = this.#limits;
    if (bytes > maxBytes) throw new Refusal(`takes ${bytes} bytes, more than the limit of ${maxBytes}`);
  }
}

function notSerializable(error: unknown, what: string): CodecError {
  const refusal = error instanceof Refusal ? error : new Refusal("cannot be read or written", []);
  const path = locate(what, refusal.steps);
  const details = error instanceof Refusal ? {} : { cause: error };
  return new CodecError("NOT_SERIALIZABLE", `${path} ${refusal.reason}`, { path, ...details });
}

function notDecodable(error: unknown): CodecError {
  if (!(error instanceof Refusal)) {
    return new CodecError("NOT_DECODABLE", "the text is not UTF-8, not JSON, or not of the form that is written", {
      cause: error,
    });
  }
  const place = error.steps.length === 0 ? "" : ` ${renderSteps(error.steps)}`;
  return new CodecError("NOT_DECODABLE", `the text${place} ${error.reason}`);
}
