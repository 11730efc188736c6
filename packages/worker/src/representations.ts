import { inspect } from "node:util";
import { headOf, splitBody, type Codec } from "@taskgen/core/internal";
import { cut, MAX_SHOWN } from "./cut.js";
import type { PlainTaskOptions } from "./pool/pool.js";
import { readSensitive, redact, REDACTED, type Sensitive, type SensitivePath } from "./sensitive.js";

/** A longer value is not decoded to be shown. */
const MAX_DECODED = 64 * 1024;
/** Shown in place of what nobody without a key shall read. */
const ENCRYPTED = "[encrypted]";
const SUPERJSON = "~".charCodeAt(0);
const decoder = new TextDecoder();

/** How arguments and results look in log lines: at most 1,024 characters, without what a task calls sensitive. */
export class Representations {
  readonly #codec: Pick<Codec, "decode">;
  #sensitive: ReadonlyMap<string, Sensitive> = new Map();

  constructor(codec: Pick<Codec, "decode">) {
    this.#codec = codec;
  }

  /** Tells the options of the tasks, before the first of them is shown. */
  know(tasks: Readonly<Record<string, PlainTaskOptions>>): void {
    this.#sensitive = new Map(
      Object.entries(tasks).flatMap(([name, options]) => {
        const sensitive = readSensitive(name, options.sensitive);
        return sensitive === undefined ? [] : [[name, sensitive] as const];
      }),
    );
  }

  /** `[4, 4]` */
  args(task: string, encoded: Uint8Array, isEncrypted?: boolean): string {
    if (isEncrypted === true) return ENCRYPTED;
    const paths = this.#sensitive.get(task)?.args ?? [];
    const decoded = encoded.length > MAX_DECODED ? undefined : this.#decode(encoded);
    if (decoded === undefined) return paths.length > 0 ? REDACTED : beginningOf(encoded);
    const args = redact(decoded.value, paths);
    return cut(Array.isArray(args) ? `[${args.map((arg) => shown(arg)).join(", ")}]` : shown(args));
  }

  /** `8` */
  result(task: string, stored: Uint8Array): string {
    const head = headOf(stored);
    if (head?.enc !== undefined) return ENCRYPTED;
    const encoded = splitBody(head, stored);
    const paths = this.#sensitive.get(task)?.result ?? [];
    if (paths.length > 0) return this.#redacted(encoded, paths);
    const isRich = encoded[0] === SUPERJSON && encoded.length <= MAX_DECODED;
    const decoded = isRich ? this.#decode(encoded) : undefined;
    return decoded === undefined ? beginningOf(encoded) : cut(inspected(decoded.value));
  }

  #redacted(encoded: Uint8Array, paths: readonly SensitivePath[]): string {
    const decoded = encoded.length > MAX_DECODED ? undefined : this.#decode(encoded);
    if (decoded === undefined) return REDACTED;
    const value = redact(decoded.value, paths);
    return cut(encoded[0] === SUPERJSON ? inspected(value) : shown(value));
  }

  /** `undefined` when it cannot be decoded: a log line must not fail a task. */
  #decode(encoded: Uint8Array): { readonly value: unknown } | undefined {
    try {
      return { value: this.#codec.decode(encoded) };
    } catch {
      return undefined;
    }
  }
}

const beginningOf = (encoded: Uint8Array): string => cut(decoder.decode(encoded.subarray(0, 4 * MAX_SHOWN)));

/** As JSON where that says it all, otherwise as Node shows it. */
const shown = (value: unknown): string => (isJson(value) ? JSON.stringify(value) : inspected(value));

const inspected = (value: unknown): string => inspect(value, { breakLength: Infinity, maxStringLength: MAX_SHOWN });

function isJson(value: unknown, depth = 0): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value !== "object" || depth > 20) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth + 1));
  return (
    Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every((item) => isJson(item, depth + 1))
  );
}
