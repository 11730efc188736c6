import { AnnotationReader } from "./annotations.js";
import { Inspection } from "./inspection.js";
import type { CodecLimits } from "./limits.js";
import { Refusal } from "./refusal.js";
import { createSuperjson } from "./superjson.js";
import { fromTable, toTree } from "./tree.js";

/** What stands in a rich text: superjson's own form, and whether `json` is the table of `toTree`. */
interface Payload {
  readonly json: unknown;
  readonly meta?: { readonly values: unknown; readonly v: 1 };
  readonly shared?: true;
}

/** Text of what JSON alone would lose: superjson's, in an instance of our own. */
export class RichJson {
  readonly #superjson = createSuperjson();
  readonly #limits: CodecLimits;

  constructor(limits: CodecLimits) {
    this.#limits = limits;
  }

  /** @throws Refusal at the first value that would not survive. */
  stringify(value: unknown): string {
    const inspection = new Inspection(this.#limits);
    inspection.visit(value);
    const { json, meta } = this.#superjson.serialize(toTree(value, inspection.shared));
    const payload: Payload = {
      json,
      // superjson takes two equal bigints or NaNs for one shared object; what is shared stands in the table
      ...(meta?.values !== undefined && { meta: { values: meta.values, v: 1 } }),
      ...(inspection.shared.size > 0 && { shared: true }),
    };
    return JSON.stringify(payload);
  }

  /**
   * The value of a parsed text, which it may change.
   * @throws Refusal, or whatever the built-in classes throw on data that they do not take.
   */
  revive(payload: unknown): unknown {
    if (!isPayload(payload)) throw new Refusal("is not of the form that is written");
    const { json, meta, shared } = payload;
    const revived = meta === undefined ? json : new AnnotationReader(this.#limits).revive(json, meta.values);
    const value = shared === undefined ? revived : fromTable(revived);
    // what came must be what could be sent: this bounds the depth also through shared objects
    new Inspection(this.#limits).visit(value);
    return value;
  }
}

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
