import type { ResultEvent, ResultRecord, SequencedEvent } from "../../result-backend.js";
import type { TerminalState } from "../../state.js";
import { decodeAddress, decodeText, encodeAddress } from "./address.js";
import { packAll, type Packed, type Part } from "./pack.js";

const NEWLINE = 0x0a;
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

/** Reads it back; undefined for a marker or nothing. What somebody else wrote is a failure that cannot be decoded. */
export function unpackRecord(id: string, bytes: Buffer | null): ResultRecord | undefined {
  if (bytes === null || bytes[0] !== RECORD) return undefined;
  const end = bytes.indexOf(NEWLINE);
  const head = HEAD.exec(bytes.toString("latin1", 1, Math.max(1, end)));
  if (head === null) return { id, state: "FAILURE", body: new Uint8Array(), ttlMs: 0 };
  const [, state, ttl, reply] = head as unknown as readonly [head: string, TerminalState, ttl: string, reply: string];
  const replyTo = decodeAddress(reply);
  const record = { id, state, body: new Uint8Array(bytes.subarray(end + 1)), ttlMs: Number(ttl) };
  return replyTo === undefined ? record : { ...record, replyTo };
}

/** An event as it is stored behind its number and a space: `<state> <ttl> <nonce>`, a line feed, the body. */
export const packEvent = ({ state, ttlMs, body }: ResultEvent, nonce: string): Buffer =>
  packAll([{ head: `${encodeURIComponent(state)} ${lifetime(ttlMs)} ${nonce}\n`, body }]).bytes;

export function unpackEvent(id: string, bytes: Buffer): SequencedEvent {
  const end = bytes.indexOf(NEWLINE);
  const [seq = "", state = "", ttl = ""] = bytes.toString("latin1", 0, Math.max(0, end)).split(" ");
  const body = new Uint8Array(bytes.subarray(end + 1));
  return { id, seq: Number(seq) || 0, state: decodeText(state), body, ttlMs: Number(ttl) || 0 };
}

/** Whole milliseconds, at least one: what Redis takes. */
export const lifetime = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs));

/** One record in what a client is told; without its bytes when they are too many to be told. */
export interface Notice {
  readonly id: string;
  readonly record: Buffer | undefined;
}

/** Takes apart what a reply channel carries: `<id> <length>`, a line feed, the record; again and again. Length -1: look it up. */
export function unpackNotices(bytes: Buffer): Notice[] {
  const notices: Notice[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    // n.b. whoever may publish may have written it
    if (end < 0) break;
    const [id = "", length] = bytes.toString("latin1", at, end).split(" ");
    const size = Math.max(0, Math.trunc(Number(length)) || 0);
    notices.push({ id, record: length === "-1" ? undefined : bytes.subarray(end + 1, end + 1 + size) });
    at = end + 1 + size;
  }
  return notices;
}
