import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import type { SecretKey } from "./key-ring.js";

/** HMAC-SHA-256 over a text without line feeds, a line feed, and bytes: nothing else can have the same input. */
export const sign = (key: SecretKey, text: string, bytes: Uint8Array): string =>
  createHmac("sha256", key as KeyObject)
    .update(text)
    .update("\n")
    .update(bytes)
    .digest("base64url");

/** In a time that does not depend on where a forged signature is wrong. */
export function isSignature(signature: string, key: SecretKey, text: string, bytes: Uint8Array): boolean {
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(key, text, bytes))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
