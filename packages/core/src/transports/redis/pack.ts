import { isAscii } from "node:buffer";

/** A head that is ASCII, and what follows it. */
export interface Part {
  readonly head: string;
  readonly body: Uint8Array;
}

/** Many texts as one: n.b. for the client, the server and Lua an argument costs more than its bytes. */
export interface Packed {
  readonly bytes: Buffer;
  /** The length of each, every one followed by a comma. */
  readonly lengths: string;
}

/** What is shorter costs ioredis less as a text: a command with bytes in it is put together piece by piece. */
const SHORT = 1_024;

export const shortened = (bytes: Buffer): Buffer | string =>
  bytes.length <= SHORT && isAscii(bytes) ? bytes.toString("latin1") : bytes;

export function packAll(parts: readonly Part[]): Packed {
  const sizes = parts.map(({ head, body }) => head.length + body.length);
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const { head, body } of parts) {
    bytes.write(head, at, "latin1");
    bytes.set(body, at + head.length);
    at += head.length + body.length;
  }
  return { bytes, lengths: sizes.map((size) => `${size},`).join("") };
}
