import type { Message } from "amqplib";
import type { ResultRecord } from "../../result-backend.js";
import type { TerminalState } from "../../state.js";
import { asBuffer, type Publication } from "./properties.js";

/** State and time to live in one property, which costs less than a table of headers. */
const TYPE = /^(SUCCESS|FAILURE|REVOKED|REJECTED|IGNORED) (\d{1,15})$/;

/** A record as a message to its caller. */
export function replyOf({ id, state, ttlMs, body }: ResultRecord, replyTo: string): Publication {
  const type = `${state} ${Math.round(ttlMs)}`;
  return {
    exchange: "",
    key: replyTo,
    body: asBuffer(body),
    properties: { messageId: id, type, persistent: true, mandatory: true },
  };
}

/** The record of a reply; undefined when the message is none. */
export function recordOf({ properties, content }: Message): ResultRecord | undefined {
  const [id, type]: unknown[] = [properties.messageId, properties.type];
  const match = typeof type === "string" ? TYPE.exec(type) : null;
  if (match === null || typeof id !== "string") return undefined;
  // n.b. the content is a view on a piece of the stream, which would be kept as long as the record
  return { id, state: match[1] as TerminalState, ttlMs: Number(match[2]), body: new Uint8Array(content) };
}
