import { CodecError, ResultError } from "../errors.js";
import { isSealed } from "./sealed-body.js";
import type { BodyPlace, Sealer } from "./sealer.js";

/** A result or an event as it is stored. */
export interface Sealed {
  readonly state: string;
  readonly body: Uint8Array;
}

/** Whose it is, and what opens it. */
export interface Opening {
  readonly origin: { readonly id: string; readonly name: string | undefined };
  readonly sealer: Sealer | undefined;
  readonly purpose: BodyPlace["purpose"];
}

/**
 * The same with its body as it was before it was sealed.
 * @throws ResultError `RESULT_FORGED`; CodecError `NOT_DECODABLE` when this app has no keys.
 */
export const openStored = <T extends Sealed>(stored: T, opening: Opening): T => ({
  ...stored,
  body: openPart(stored.state, stored.body, opening),
});

/**
 * A body as it was before it was sealed; `part` as in `BodyPlace`.
 * @throws ResultError `RESULT_FORGED`; CodecError `NOT_DECODABLE` when this app has no keys.
 */
export function openPart(part: BodyPlace["part"], body: Uint8Array, { origin, sealer, purpose }: Opening): Uint8Array {
  if (sealer === undefined) {
    if (!isSealed(body)) return body;
    throw new CodecError(
      "NOT_DECODABLE",
      `the ${purpose} of ${origin.id} is sealed; give this app its keys: createApp({ security })`,
    );
  }
  try {
    // n.b. by the id that was asked for: a record that names another one is no witness
    return sealer.openBody({ purpose, id: origin.id, part }, body);
  } catch (cause) {
    const why = (cause as CodecError).message.replace(/^\[\w+\] /, "");
    throw new ResultError("RESULT_FORGED", `${origin.name ?? "task"} (${origin.id}): ${why}`, { cause });
  }
}
