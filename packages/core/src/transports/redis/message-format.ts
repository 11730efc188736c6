import type { Envelope } from "../../transport.js";
import { decodeAddress, encodeAddress } from "./address.js";
import { packAll, type Packed, type Part } from "./pack.js";

/** A message as it came out of a queue. */
export interface StoredMessage {
  readonly envelope: Envelope;
  readonly redeliveries: number;
}

const NEWLINE = 0x0a;

/**
 * A message as it is stored: `<redeliveries> <id> <priority> <eta> <expires> <replyTo>`, a line feed, the body. Absent fields
 * are empty; no field holds a space. Scripts read the first three.
 */
export const packMessage = (envelope: Envelope): Buffer => packAll([packed(envelope)]).bytes;

/** Many of them, one after the other. */
export const packMessages = (envelopes: readonly Envelope[]): Packed => packAll(envelopes.map(packed));

function packed({ id, priority, eta, expires, replyTo, body }: Envelope): Part {
  const head = `0 ${id} ${priority} ${time(eta)} ${time(expires)} ${encodeAddress(replyTo)}\n`;
  return { head, body };
}

/** Reads it back; the body gets bytes of its own. */
export function unpackMessage(bytes: Buffer, queue: string): StoredMessage {
  const end = bytes.indexOf(NEWLINE);
  const fields = bytes.toString("latin1", 0, end).split(" ");
  const [redeliveries, id, priority, eta, expires, replyTo] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const envelope: Envelope = {
    id,
    queue,
    priority: Number(priority),
    eta: eta === "" ? undefined : Number(eta),
    expires: expires === "" ? undefined : Number(expires),
    replyTo: decodeAddress(replyTo),
    body: new Uint8Array(bytes.subarray(end + 1)),
  };
  return { envelope, redeliveries: Number(redeliveries) };
}

const time = (at: number | undefined): string => (at === undefined ? "" : String(Math.ceil(at)));
