import { randomUUID } from "node:crypto";
import type { Envelope } from "../../transport.js";
import { decodeAddress, encodeAddress } from "./address.js";
import { copyOf } from "./copy-of.js";
import { packAll, type Packed, type Part } from "./pack.js";

/** A message as it came out of a queue. */
export interface StoredMessage {
  readonly envelope: Envelope;
  readonly redeliveries: number;
}

const NEWLINE = 0x0a;
const HEAD = /^(\d{1,15}) ([\x21-\x7e]{1,36}) (\d) (-?\d{0,16}) (-?\d{0,16}) (\S*)$/;
const ID = /^\d+ ([\x21-\x7e]{1,36}) \d /;
/** How much of what somebody else wrote is looked through for an id. */
const MAX_HEAD = 200;

type Fields = readonly [
  head: string,
  ...rest: [redeliveries: string, id: string, priority: string, eta: string, expires: string, replyTo: string],
];

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
  const match = end < 0 ? null : HEAD.exec(bytes.toString("latin1", 0, end));
  if (match === null) return foreign(bytes, queue);
  const [, redeliveries, id, priority, eta, expires, replyTo] = match as unknown as Fields;
  const envelope: Envelope = {
    id,
    queue,
    priority: Number(priority),
    eta: eta === "" ? undefined : Number(eta),
    expires: expires === "" ? undefined : Number(expires),
    replyTo: decodeAddress(replyTo),
    body: copyOf(bytes, end + 1),
  };
  return { envelope, redeliveries: Number(redeliveries) };
}

/** What somebody else wrote: its bytes as the body, which no worker can read. Its id is its own, if it has one. */
function foreign(bytes: Buffer, queue: string): StoredMessage {
  const id = ID.exec(bytes.toString("latin1", 0, MAX_HEAD))?.[1] ?? randomUUID();
  return { envelope: { id, queue, priority: 0, body: new Uint8Array(bytes) }, redeliveries: 0 };
}

const time = (at: number | undefined): string => (at === undefined ? "" : String(Math.ceil(at)));
