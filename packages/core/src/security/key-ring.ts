import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { ConfigError } from "../errors.js";
import type { KeyOptions } from "./options.js";

/** What keys are for. */
export type KeyPurpose = "signing" | "encryption";

const MIN_CHARACTERS = 32;
const ENCRYPTION_BYTES = 32;

/** A `KeyObject`, opaque: whoever compiles against these types may have none of Node's. */
export interface SecretKey {
  readonly type: string;
}

/** Keys by their ids. They are `KeyObject`s, whose bytes no log and no debugger's view shows. */
export class KeyRing {
  /** The id of the key for what is sent. */
  readonly use: string;
  readonly isRequired: boolean;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** @throws ConfigError `OPTION_INVALID`; no key is in its message. */
  constructor(purpose: KeyPurpose, { keys, use, require = true }: KeyOptions) {
    const read = purpose === "signing" ? signingKey : encryptionKey;
    this.#keys = new Map(Object.entries(keys).map(([id, key]) => [checkId(purpose, id), read(id, key)]));
    this.use = use ?? onlyId(purpose, [...this.#keys.keys()]);
    this.isRequired = require;
    if (!this.#keys.has(this.use))
      throw invalid(purpose, `use names ${JSON.stringify(this.use)}, which is not among its keys`);
  }

  /** The key that is used. */
  get current(): SecretKey {
    return this.#keys.get(this.use)!;
  }

  get(id: string): SecretKey | undefined {
    return this.#keys.get(id);
  }

  /** Equal for rings that accept and use the same; short, so that it tells nothing of a key. */
  get fingerprint(): string {
    const marks = Array.from(this.#keys, ([id, key]) => [
      id,
      createHmac("sha256", key).update("fingerprint").digest("hex"),
    ]);
    const text = JSON.stringify([
      this.use,
      this.isRequired,
      marks.toSorted(([a = ""], [b = ""]) => a.localeCompare(b)),
    ]);
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
  }

  /** For messages. */
  get ids(): string {
    return [...this.#keys.keys()].join(", ");
  }
}

function onlyId(purpose: KeyPurpose, ids: readonly string[]): string {
  if (ids.length === 1) return ids[0]!;
  throw invalid(purpose, ids.length === 0 ? "has no keys" : `has several keys; name the one to use: use: "${ids[0]}"`);
}

function checkId(purpose: KeyPurpose, id: string): string {
  if (/^[\w.-]{1,32}$/.test(id)) return id;
  throw invalid(purpose, "has a key whose id is not 1 to 32 letters, digits, dots, underscores and hyphens");
}

function signingKey(id: string, text: unknown): KeyObject {
  if (typeof text === "string" && text.length >= MIN_CHARACTERS) return createSecretKey(text, "utf8");
  throw invalid("signing", `the key ${id} has less than ${MIN_CHARACTERS} characters; ${MAKE_ONE}`);
}

function encryptionKey(id: string, text: unknown): KeyObject {
  const bytes = typeof text === "string" && /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, "base64") : undefined;
  if (bytes?.length === ENCRYPTION_BYTES) return createSecretKey(bytes);
  throw invalid("encryption", `the key ${id} is not ${ENCRYPTION_BYTES} bytes in base64; ${MAKE_ONE}`);
}

const MAKE_ONE = "make one with `openssl rand -base64 32`";

const invalid = (purpose: KeyPurpose, what: string): ConfigError =>
  new ConfigError("OPTION_INVALID", `security.${purpose}: ${what}`);
