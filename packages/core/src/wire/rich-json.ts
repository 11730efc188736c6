import { Inspection } from "./inspection.js";
import type { CodecLimits } from "./limits.js";
import { createSuperjson } from "./superjson.js";
import { toTree } from "./tree.js";

/** What stands in a rich text: superjson's own form, and whether `json` is the table of `toTree`. */
export interface Payload {
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
}
