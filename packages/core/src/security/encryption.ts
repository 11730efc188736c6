import { createCipheriv, createDecipheriv, createHmac, randomFillSync, type KeyObject } from "node:crypto";
import type { SecretKey } from "./key-ring.js";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = "aes-256-gcm";

/** What is encrypted for whom: the key of a message is its own, so that random nonces cannot run out over a key's life. */
export interface Secret {
  readonly key: SecretKey;
  /** The message or result that it is; its key is derived from it. */
  readonly name: string;
  /** Not encrypted, but vouched for. */
  readonly associated: string;
}

/** Nonce, ciphertext, tag. */
export function encrypt({ key, name, associated }: Secret, plain: Uint8Array): Buffer<ArrayBuffer> {
  const nonce = nextNonce();
  const cipher = createCipheriv(ALGORITHM, derive(key, name), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(associated));
  const sealed = cipher.update(plain);
  return Buffer.concat([nonce, sealed, cipher.final(), cipher.getAuthTag()]);
}

/** `undefined` when it is not what was encrypted with this key, name and associated text. */
export function decrypt({ key, name, associated }: Secret, bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const end = bytes.length - TAG_BYTES;
  if (end < NONCE_BYTES) return undefined;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, derive(key, name), nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const pool = Buffer.alloc(256 * NONCE_BYTES);
let used = pool.length;

/** n.b. asking for random bytes costs more than encrypting a small value: many nonces are drawn at once. */
function nextNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return Buffer.from(pool.subarray(used, (used += NONCE_BYTES)));
}

const derive = (key: SecretKey, name: string): Buffer =>
  createHmac("sha256", key as KeyObject)
    .update(`taskgen encryption ${name}`)
    .digest();
