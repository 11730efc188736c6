import type { Envelope } from "../../transport.js";

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
export function packMessage({ id, priority, eta, expires, replyTo, body }: Envelope): Buffer {
  const reply = replyTo === undefined ? "" : encodeURIComponent(replyTo);
  const head = `0 ${id} ${priority} ${time(eta)} ${time(expires)} ${reply}\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, "latin1");
  bytes.set(body, head.length);
  return bytes;
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
    replyTo: replyTo === "" ? undefined : decodeURIComponent(replyTo),
    body: new Uint8Array(bytes.subarray(end + 1)),
  };
  return { envelope, redeliveries: Number(redeliveries) };
}

const time = (at: number | undefined): string => (at === undefined ? "" : String(Math.ceil(at)));
