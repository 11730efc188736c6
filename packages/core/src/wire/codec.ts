import { Decoder } from "./decoder.js";
import { Encoder } from "./encoder.js";
import { DEFAULT_LIMITS, type CodecLimits } from "./limits.js";

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

/** A codec of its own superjson instance. Missing limits are the defaults. */
export function createCodec(limits: Partial<CodecLimits> = {}): Codec {
  const all = { ...DEFAULT_LIMITS, ...limits };
  const [encoder, decoder] = [new Encoder(all), new Decoder(all)];
  return { encode: (value, what) => encoder.encode(value, what), decode: (bytes) => decoder.decode(bytes) };
}
