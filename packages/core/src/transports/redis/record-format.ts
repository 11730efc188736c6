import type { ResultEvent, ResultRecord, SequencedEvent } from "../../result-backend.js";
import type { TerminalState } from "../../state.js";
import { decodeAddress, decodeText, encodeAddress } from "./address.js";
import { copyOf } from "./copy-of.js";
import { packAll, type Packed, type Part } from "./pack.js";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const RECORD = "R".charCodeAt(0);
const HEAD = /^(SUCCESS|FAILURE|REVOKED|REJECTED|IGNORED) (\d{1,16}) (\S*)$/;

/** A record as it is stored: `R<state> <ttl> <replyTo>`, a line feed, the body. Markers begin with another letter. */
export const packRecord = (record: ResultRecord): Buffer => packAll([packed(record)]).bytes;

/** Many of them, one after the other; nothing where there is none. */
export const packRecords = (records: readonly (ResultRecord | undefined)[]): Packed =>
  packAll(records.map((record) => (record === undefined ? NOTHING : packed(record))));

const NOTHING: Part = { head: "", body: new Uint8Array() };

const packed = ({ state, ttlMs, replyTo, body }: ResultRecord): Part => ({
  head: `R${state} ${lifetime(ttlMs)} ${encodeAddress(replyTo)}\n`,
  body,
});

interface Head {
  readonly text: string;
  /** What all records have that begin like this. */
  readonly shared: Pick<ResultRecord, "state" | "ttlMs" | "replyTo">;
}

/** The last one: those that come together are mostly the same. */
let lastHead: Head | undefined;

function headOf(text: string): Head | undefined {
  if (lastHead?.text === text) return lastHead;
  const match = HEAD.exec(text);
  if (match === null) return undefined;
  const [, state, ttl, reply] = match as unknown as readonly [text: string, TerminalState, ttl: string, reply: string];
  return (lastHead = { text, shared: { state, ttlMs: Number(ttl), replyTo: decodeAddress(reply) } });
}

/** Reads it back; undefined for a marker or nothing. What somebody else wrote is a failure that cannot be decoded. */
export const unpackRecord = (id: string, bytes: Buffer | null): ResultRecord | undefined =>
  bytes === null ? undefined : recordIn(bytes, { id, at: 0, end: bytes.length });

/** Where a record is among others. */
interface RecordPlace {
  readonly id: string;
  readonly at: number;
  readonly end: number;
}

function recordIn(bytes: Buffer, { id, at, end }: RecordPlace): ResultRecord | undefined {
  if (bytes[at] !== RECORD) return undefined;
  const line = bytes.indexOf(NEWLINE, at);
  const head = headOf(bytes.toString("latin1", at + 1, line < 0 || line > end ? at + 1 : line));
  if (head === undefined) return { id, state: "FAILURE", body: new Uint8Array(), ttlMs: 0 };
  const { state, ttlMs, replyTo } = head.shared;
  return { id, state, body: copyOf(bytes, line + 1, end), replyTo, ttlMs };
}

/** An event as it is stored behind its number and a space: `<state> <ttl> <nonce>`, a line feed, the body. */
export const packEvent = ({ state, ttlMs, body }: ResultEvent, nonce: string): Buffer =>
  packAll([{ head: `${encodeURIComponent(state)} ${lifetime(ttlMs)} ${nonce}\n`, body }]).bytes;

export function unpackEvent(id: string, bytes: Buffer): SequencedEvent {
  const end = bytes.indexOf(NEWLINE);
  const [seq = "", state = "", ttl = ""] = bytes.toString("latin1", 0, Math.max(0, end)).split(" ");
  const body = copyOf(bytes, end + 1);
  return { id, seq: Number(seq) || 0, state: decodeText(state), body, ttlMs: Number(ttl) || 0 };
}

/** Whole milliseconds, at least one: what Redis takes. */
export const lifetime = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs));

/** One record in what a client is told; without its bytes when they are too many to be told. */
export interface Notice {
  readonly id: string;
  readonly record: ResultRecord | undefined;
}

/**
 * Takes apart what a reply channel carries. Either `<id> <length>`, a line feed, the record; again and again; length -1: look it
 * up. Or, for all that came together: a space and the ids, spaces between them; the lengths, each followed by a comma; the
 * records; with a line feed between the three.
 */
export function unpackNotices(bytes: Buffer): Notice[] {
  return bytes[0] === SPACE ? unpackTogether(bytes) : unpackEach(bytes);
}

function unpackTogether(bytes: Buffer): Notice[] {
  const idsEnd = bytes.indexOf(NEWLINE);
  const lengthsEnd = bytes.indexOf(NEWLINE, idsEnd + 1);
  // n.b. whoever may publish may have written it
  if (idsEnd < 0 || lengthsEnd < 0) return [];
  const lengths = bytes.toString("latin1", idsEnd + 1, lengthsEnd).split(",");
  let end = lengthsEnd + 1;
  return bytes
    .toString("latin1", 1, idsEnd)
    .split(" ")
    .map((id, i) => {
      const at = end;
      end += sizeOf(lengths[i]);
      return { id, record: recordIn(bytes, { id, at, end }) };
    });
}

function unpackEach(bytes: Buffer): Notice[] {
  const notices: Notice[] = [];
  for (let at = 0; at < bytes.length;) {
    const line = bytes.indexOf(NEWLINE, at);
    if (line < 0) break;
    const [id = "", length] = bytes.toString("latin1", at, line).split(" ");
    at = line + 1 + sizeOf(length);
    notices.push({ id, record: length === "-1" ? undefined : recordIn(bytes, { id, at: line + 1, end: at }) });
  }
  return notices;
}

const sizeOf = (length: string | undefined): number => Math.max(0, Math.trunc(Number(length)) || 0);
