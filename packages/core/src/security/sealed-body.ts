import type { MessageSeal } from "../wire/seal.js";

/** Key ids and signature of a stored body. */
export type BodyHead = Omit<MessageSeal, "fields">;

/** No value and no failure begins with it. */
const MARK = 0x21;
const NEWLINE = 0x0a;
/** A head is two key ids and a signature. */
const MAX_HEAD_BYTES = 256;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const isSealed = (body: Uint8Array): boolean => body[0] === MARK;

/** `!`, the head as JSON, a line feed, the body as it is or encrypted. */
export function joinBody(head: BodyHead, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const line = encoder.encode(`!${JSON.stringify(head)}\n`);
  const joined = new Uint8Array(line.length + bytes.length);
  joined.set(line);
  joined.set(bytes, line.length);
  return joined;
}

/** `undefined` when it is not sealed, or not by this code. */
export function headOf(body: Uint8Array): BodyHead | undefined {
  if (!isSealed(body)) return undefined;
  const end = body.subarray(0, MAX_HEAD_BYTES).indexOf(NEWLINE);
  if (end < 0) return undefined;
  try {
    const head: unknown = JSON.parse(decoder.decode(body.subarray(1, end)));
    return isHead(head) ? head : undefined;
  } catch {
    return undefined;
  }
}

/** What is behind the head. */
export const splitBody = (head: BodyHead | undefined, body: Uint8Array): Uint8Array =>
  head === undefined ? body : body.subarray(body.indexOf(NEWLINE) + 1);

function isHead(value: unknown): value is BodyHead {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, text]) => (key === "kid" || key === "sig" || key === "enc") && typeof text === "string",
  );
}
