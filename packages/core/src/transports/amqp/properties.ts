import type { Message, Options } from "amqplib";
import type { Envelope } from "../../transport.js";

/** One message as it is written. */
export interface Publication {
  readonly exchange: string;
  readonly key: string;
  /** Who confirms it, if it is one queue. */
  readonly queue?: string | undefined;
  readonly body: Buffer;
  readonly properties: Options.Publish;
}

/** What travels besides the envelope. */
export interface Travel {
  /** How many owners died before this copy was made; the broker counts on from 0. */
  readonly redeliveries?: number;
  /** Milliseconds of delay that are left when this trip through the delay queues is over. */
  readonly restMs?: number;
  readonly reason?: string;
  /** When it was given up, epoch milliseconds. */
  readonly at?: number;
}

const HEADER = {
  eta: "taskgen-eta",
  expires: "taskgen-expires",
  redeliveries: "taskgen-redeliveries",
  rest: "taskgen-rest",
  reason: "taskgen-reason",
  at: "taskgen-at",
} as const;

const MAX_REASON = 4_096;

export const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The message of an envelope for an exchange. Headers are made anew: a broker drops what comes with a foreign `x-death`. */
export function publicationOf(
  envelope: Envelope,
  to: { readonly exchange: string; readonly key: string; readonly queue?: string },
  travel: Travel = {},
): Publication {
  const headers = headersOf(envelope, travel);
  return {
    exchange: to.exchange,
    key: to.key,
    queue: to.queue,
    body: asBuffer(envelope.body),
    properties: {
      messageId: envelope.id,
      priority: envelope.priority,
      persistent: true,
      mandatory: true,
      ...(envelope.replyTo !== undefined && { replyTo: envelope.replyTo }),
      ...(headers !== undefined && { headers }),
    },
  };
}

function headersOf(
  { eta, expires }: Envelope,
  { redeliveries, restMs, reason, at }: Travel,
): Record<string, unknown> | undefined {
  const entries: [string, string | number | undefined][] = [
    [HEADER.eta, eta],
    [HEADER.expires, expires],
    [HEADER.redeliveries, redeliveries || undefined],
    [HEADER.rest, restMs || undefined],
    [HEADER.reason, reason?.slice(0, MAX_REASON)],
    [HEADER.at, at],
  ];
  const given = entries.filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** A message as it was read. */
export interface Reading {
  readonly envelope: Envelope;
  /** How many owners died, by our own count and the broker's. */
  readonly redeliveries: number;
  /** The broker gave it out before and does not say how often. */
  readonly uncounted: boolean;
  readonly restMs: number;
  /** Why it cannot be given to a worker. */
  readonly poison: string | undefined;
}

/** Reads a message of a queue, whoever wrote it. */
export function read(message: Message, queue: string, createId: () => string): Reading {
  const headers: Record<string, unknown> = message.properties.headers ?? {};
  const id: unknown = message.properties.messageId;
  const isId = typeof id === "string" && /^[\x21-\x7e]{1,36}$/.test(id);
  const counted = count(headers["x-delivery-count"]);
  return {
    envelope: envelopeOf(message, queue, isId ? id : createId()),
    redeliveries: (count(headers[HEADER.redeliveries]) ?? 0) + (counted ?? 0),
    // n.b. from 4.3 on what came back without a failure is counted in x-acquired-count alone
    uncounted: message.fields.redelivered && counted === undefined && headers["x-acquired-count"] === undefined,
    restMs: count(headers[HEADER.rest]) ?? 0,
    poison: isId ? undefined : "it has no message-id of 1 to 36 printable ASCII characters",
  };
}

function envelopeOf({ properties, content }: Message, queue: string, id: string): Envelope {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const [eta, expires] = [time(headers[HEADER.eta]), time(headers[HEADER.expires])];
  const replyTo: unknown = properties.replyTo;
  return {
    id,
    queue,
    priority: Math.min(9, count(properties.priority) ?? 0),
    ...(eta !== undefined && { eta }),
    ...(expires !== undefined && { expires }),
    ...(typeof replyTo === "string" && { replyTo }),
    body: content,
  };
}

/** Why and when a message was given up, by us or by the broker's delivery limit. */
export function obituary({ properties }: Message): { readonly reason: string; readonly at: number } {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const [death] = Array.isArray(headers["x-death"]) ? (headers["x-death"] as Record<string, unknown>[]) : [];
  const brokerReason = typeof death?.["reason"] === "string" ? `${death["reason"]} of the broker` : "unknown";
  const time = death?.["time"] as { readonly value?: unknown } | undefined;
  const reason = headers[HEADER.reason];
  return {
    reason: typeof reason === "string" ? reason : brokerReason,
    at: count(headers[HEADER.at]) ?? (count(time?.value) ?? 0) * 1_000,
  };
}

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const time = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
