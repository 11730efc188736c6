import { CodecError } from "../errors.js";
import type { Header, MAX_HEADER_BYTES, MESSAGE_VERSION } from "./message.js";

// n.b. written out and checked by their types: a client loads nothing of what reads messages

/** The version of the headers that calls have. */
export const CALL_VERSION: typeof MESSAGE_VERSION = 1;
const MAX_BYTES: typeof MAX_HEADER_BYTES = 65_536;
/** What retries, parking and a seal may add to a header on its way. */
const HEADER_ROOM = 1024;

/**
 * Header, a line feed, arguments: one text, so that a person can read a queue. JSON never holds a raw line feed.
 * @throws CodecError `NOT_SERIALIZABLE` when the header is longer than workers read.
 */
export function encodeMessage(header: Header, args: string): Uint8Array {
  const head = JSON.stringify(header);
  const most = MAX_BYTES - HEADER_ROOM;
  if (head.length * 3 > most && Buffer.byteLength(head) > most) {
    throw new CodecError("NOT_SERIALIZABLE", `its headers take more than the ${most} bytes that workers read`);
  }
  // n.b. short ones share memory: to make, track and free some for each costs more than all the rest
  return Buffer.from(`${head}\n${args}`);
}
