import { CodecError } from "../errors.js";
import { AnnotationReader } from "./annotations.js";
import { checkSize, scanText } from "./bounds.js";
import { Inspection } from "./inspection.js";
import { DEFAULT_LIMITS, type CodecLimits } from "./limits.js";
import { renderSteps } from "./locate.js";
import { Refusal } from "./refusal.js";
import { refuseReservedKeys } from "./refuse-reserved-keys.js";
import { RICH } from "./rich.js";
import type { Payload } from "./rich-json.js";
import { fromTable } from "./shared-table.js";

// n.b. without ignoreBOM a byte order mark would vanish rather than fail
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The half of a codec that reads. */
export class Decoder {
  readonly #limits: CodecLimits;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /** See `Codec`. */
  decode(bytes: Uint8Array): unknown {
    try {
      checkSize(bytes.length, this.#limits);
      return this.#decodeText(utf8.decode(bytes));
    } catch (error) {
      throw notDecodable(error);
    }
  }

  #decodeText(text: string): unknown {
    if (text === RICH) return undefined;
    const isRich = text.startsWith(RICH);
    scanText(text, this.#limits);
    const parsed: unknown = JSON.parse(isRich ? text.slice(RICH.length) : text);
    refuseReservedKeys(text, parsed);
    return isRich ? this.#revive(parsed) : parsed;
  }

  /**
   * The value of a parsed rich text, which it may change.
   * @throws Refusal, or whatever the built-in classes throw on data that they do not take.
   */
  #revive(payload: unknown): unknown {
    if (!isPayload(payload)) throw new Refusal("is not of the form that is written");
    const { json, meta, shared } = payload;
    const revived = meta === undefined ? json : new AnnotationReader(this.#limits).revive(json, meta.values);
    const value = shared === undefined ? revived : fromTable(revived);
    // what came must be what could be sent: this bounds the depth also through shared objects
    new Inspection(this.#limits).visit(value);
    return value;
  }
}

/** A decoder of its own. Missing limits are the defaults. */
export const createDecoder = (limits: Partial<CodecLimits> = {}): Decoder =>
  new Decoder({ ...DEFAULT_LIMITS, ...limits });

function isPayload(value: unknown): value is Payload {
  if (!hasOnly(value, ["json", "meta", "shared"]) || !Object.hasOwn(value, "json")) return false;
  const { meta, shared } = value;
  return (shared === undefined || shared === true) && (meta === undefined || isMeta(meta));
}

const isMeta = (meta: unknown): boolean =>
  hasOnly(meta, ["values", "v"]) && meta["v"] === 1 && typeof meta["values"] === "object" && meta["values"] !== null;

const hasOnly = (value: unknown, keys: readonly string[]): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).every((key) => keys.includes(key));

function notDecodable(error: unknown): CodecError {
  if (!(error instanceof Refusal)) {
    return new CodecError("NOT_DECODABLE", "the text is not UTF-8, not JSON, or not of the form that is written", {
      cause: error,
    });
  }
  const place = error.steps.length === 0 ? "" : ` ${renderSteps(error.steps)}`;
  return new CodecError("NOT_DECODABLE", `the text${place} ${error.reason}`);
}
