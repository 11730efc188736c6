/** One step into a value: an array index, a property, or the place of an entry in a Map or Set. */
export type Step = number | string | { readonly of: "keys" | "values"; readonly at: number };

/** Why a value or a text is not accepted, and where. The codec turns it into the `CodecError` that callers see. */
export class Refusal extends Error {
  readonly reason: string;
  readonly steps: readonly Step[];

  constructor(reason: string, steps: readonly Step[] = []) {
    super(reason);
    this.reason = reason;
    this.steps = steps;
  }
}
