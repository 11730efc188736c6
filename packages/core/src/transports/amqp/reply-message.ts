import type { Message } from "amqplib";
import type { ResultEvent, ResultRecord } from "../../result-backend.js";
import type { TerminalState } from "../../state.js";
import { asBuffer, type Publication } from "./properties.js";

/** State and time to live in one property, which costs less than a table of headers. */
const TYPE = /^(SUCCESS|FAILURE|REVOKED|REJECTED|IGNORED) (\d{1,15})$/;

/** The same of an event, whose state may be any text. */
const EVENT_TYPE = /^event ([\w%.~!*'()-]+) (\d{1,15})$/;

/** A record as a message to its caller. */
export const replyOf = (record: ResultRecord, replyTo: string): Publication =>
  replyWith(record, `${record.state} ${Math.round(record.ttlMs)}`, replyTo);

/** An event as a message to the caller of its task. */
export const eventReplyOf = (event: ResultEvent, replyTo: string): Publication =>
  replyWith(event, `event ${encodeURIComponent(event.state)} ${Math.round(event.ttlMs)}`, replyTo);

const replyWith = ({ id, body }: ResultRecord | ResultEvent, type: string, replyTo: string): Publication => ({
  exchange: "",
  key: replyTo,
  body: asBuffer(body),
  properties: { messageId: id, type, persistent: true, mandatory: true },
});

/** The event of a reply; undefined when the message is none. */
export function eventOf({ properties, content }: Message): ResultEvent | undefined {
  const [id, type]: unknown[] = [properties.messageId, properties.type];
  const match = typeof type === "string" ? EVENT_TYPE.exec(type) : null;
  if (match === null || typeof id !== "string") return undefined;
  return { id, state: decodeURIComponent(match[1]!), ttlMs: Number(match[2]), body: new Uint8Array(content) };
}

/** The record of a reply; undefined when the message is none. */
export function recordOf({ properties, content }: Message): ResultRecord | undefined {
  const [id, type]: unknown[] = [properties.messageId, properties.type];
  const match = typeof type === "string" ? TYPE.exec(type) : null;
  if (match === null || typeof id !== "string") return undefined;
  // n.b. the content is a view on a piece of the stream, which would be kept as long as the record
  return { id, state: match[1] as TerminalState, ttlMs: Number(match[2]), body: new Uint8Array(content) };
}
