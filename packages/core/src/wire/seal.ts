import type { Envelope } from "../transport.js";
import type { Header } from "./message.js";

/** What seals a message, and what it vouches for besides the arguments. */
export interface MessageSeal {
  /** The id of the key that signed it. */
  readonly kid?: string;
  readonly sig?: string;
  /** The id of the key that encrypted it. */
  readonly enc?: string;
  readonly fields: string;
}

/**
 * What workers write on a message's way, so that no seal holds it, and the signature itself. All else of a header is sealed, also
 * fields that this code does not know.
 */
const WRITTEN_ON_THE_WAY: ReadonlySet<string> = new Set<keyof Header>([
  "retries",
  "parked",
  "redeliveries",
  "ended",
  "sig",
]);
/** n.b. workers write `claimed`; that it was to be claimed is sealed. */
const UNIQUE = { unique: "claim" } satisfies Partial<Header>;

/** One text for one header, whatever the order of its fields. Without line feeds. */
export function sealedFields({ id, expires, replyTo }: SealedPlace, header: Header): string {
  const sealed = header.unique === undefined ? header : { ...header, ...UNIQUE };
  const fields = Object.entries(sealed).filter(([name]) => !WRITTEN_ON_THE_WAY.has(name));
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([id, expires ?? null, replyTo ?? null, fields]);
}

/** What of an envelope is sealed. */
export type SealedPlace = Pick<Envelope, "id" | "expires" | "replyTo">;

/** The seal of a message that came; `undefined` when it has none. */
export function sealOf(envelope: SealedPlace, header: Header): MessageSeal | undefined {
  const { kid, sig, enc } = header;
  if (kid === undefined && sig === undefined && enc === undefined) return undefined;
  return {
    ...(kid !== undefined && { kid }),
    ...(sig !== undefined && { sig }),
    ...(enc !== undefined && { enc }),
    fields: sealedFields(envelope, header),
  };
}
