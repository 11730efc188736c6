import { CodecError } from "../errors.js";
import { isRemoteError } from "./is-remote-error.js";
import type { RemoteError } from "./remote-error.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The body of a record that is not SUCCESS. */
export const encodeFailure = (error: RemoteError): Uint8Array => encoder.encode(JSON.stringify(error));

/**
 * Reads it back.
 * @throws CodecError `NOT_DECODABLE` when the store holds something else.
 */
export function decodeFailure(body: Uint8Array): RemoteError {
  try {
    const error: unknown = JSON.parse(decoder.decode(body));
    if (isRemoteError(error)) return error;
  } catch (cause) {
    throw new CodecError("NOT_DECODABLE", "the stored failure is not JSON", { cause });
  }
  throw new CodecError("NOT_DECODABLE", "the stored failure has not the fields of one");
}
