import { CodecError } from "../errors.js";
import type { RemoteError } from "./remote-error.js";

/** The version of the header that this code writes. Another one is parked like an unknown task. */
export const MESSAGE_VERSION = 1;

/**
 * What workers read of a message before they touch its arguments. Together with the `Envelope` it holds all that
 * Celery's protocol version 2 carries.
 */
export interface Header {
  readonly v: number;
  readonly task: string;
  /** Hash of the contract the caller was compiled against. */
  readonly hash?: string;
  /** How often the task asked to run again. */
  readonly retries?: number;
  /** How many workers died with it before it waited for its limits; what came after, the transport counts. */
  readonly redeliveries?: number;
  /** How often a worker put it back because it did not know the task or the version. */
  readonly parked?: number;
  /** How it ended where it was no letter of its queue: it is to become a dead letter there. */
  readonly ended?: { readonly kind: "reject" | "worker-lost"; readonly error: RemoteError };
  /** Whether the caller wants no result; without it the task's own option decides. */
  readonly ignoreResult?: boolean;
  /** Milliseconds; Celery's `timelimit`, hard then soft. */
  readonly timeLimit?: number;
  readonly softTimeLimit?: number;
  /** The value of the key of the task's limit, as a text (`argumentKey`); without it a worker looks into the arguments. */
  readonly limitKey?: string | undefined;
  /** The task that began this tree of calls, and the one that made this call. */
  readonly rootId?: string;
  readonly parentId?: string;
  /** The tasks between these two, the oldest first; of a long line the last `MAX_ANCESTORS`. */
  readonly ancestors?: readonly string[];
  /** Celery's canvas: the group, chain and links of a signature. */
  readonly group?: string;
  readonly groupIndex?: number;
  readonly links?: unknown;
  /**
   * Other messages of this id may exist: who gets one claims the id before it runs, and drops it when another one has it.
   * `claimed`: this one has it.
   */
  readonly unique?: "claim" | "claimed";
  /** Its result is kept at least so long, in milliseconds. */
  readonly keep?: number;
  /** The register that knows the latest of debounced calls, and when this one was made, epoch milliseconds. */
  readonly debounce?: string;
  readonly debouncedAt?: number;
  /** The dead letter this is a replay of. */
  readonly replayOf?: string;
  /** The caller's own: trace context, tenant, and so on. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The key that signed it, and the signature (wire/seal.ts). */
  readonly kid?: string;
  readonly sig?: string;
  /** The key that its arguments are encrypted with. */
  readonly enc?: string;
}

/** Which tasks a task descends from. */
export type Descent = Pick<Header, "rootId" | "parentId" | "ancestors">;

const NEWLINE = 0x0a;
export const MAX_HEADER_BYTES = 65_536;
/** The longest id of a task. */
const MAX_ID = 36;
/** How many tasks between its root and its parent a call knows of. */
export const MAX_ANCESTORS = 20;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The same arguments under another header; the argument bytes are not decoded. */
export function replaceHeader(body: Uint8Array, header: Header): Uint8Array {
  return joinMessage(header, body.subarray(body.indexOf(NEWLINE) + 1));
}

/** A body of arguments that are encoded already. */
export function joinMessage(header: Header, args: Uint8Array): Uint8Array {
  const head = encoder.encode(`${JSON.stringify(header)}\n`);
  const body = new Uint8Array(head.length + args.length);
  body.set(head);
  body.set(args, head.length);
  return body;
}

/** A body taken apart; `args` is a view on it. */
export interface Message {
  readonly header: Header;
  readonly args: Uint8Array;
}

/**
 * Takes a body apart without touching the arguments.
 * @throws CodecError `NOT_DECODABLE` when the header is missing, too long, not JSON, or not of the right shape.
 */
export function decodeMessage(body: Uint8Array): Message {
  const end = body.indexOf(NEWLINE);
  if (end < 0 || end > MAX_HEADER_BYTES) {
    throw new CodecError("NOT_DECODABLE", `the message has no header within its first ${MAX_HEADER_BYTES} bytes`);
  }
  return { header: decodeHeader(body.subarray(0, end)), args: body.subarray(end + 1) };
}

/** The last one that was read: many calls of a task have the same. */
let last: { readonly bytes: Uint8Array; readonly header: Header } | undefined;

function decodeHeader(bytes: Uint8Array): Header {
  if (last !== undefined && Buffer.compare(last.bytes, bytes) === 0) return last.header;
  const header = parseHeader(bytes);
  // n.b. tasks may change their own headers
  if (header.headers === undefined) last = { bytes: new Uint8Array(bytes), header };
  return header;
}

function parseHeader(bytes: Uint8Array): Header {
  let header: unknown;
  try {
    header = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new CodecError("NOT_DECODABLE", "the message's header is not JSON", { cause });
  }
  if (!isHeader(header)) {
    throw new CodecError("NOT_DECODABLE", "the message's header has not the fields of a task message");
  }
  return header;
}

const isOptional = (value: unknown, type: "string" | "number" | "boolean"): boolean =>
  value === undefined || typeof value === type;

const isCount = (value: unknown): boolean =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);

const isId = (value: unknown): boolean => value === undefined || (typeof value === "string" && value.length <= MAX_ID);

const isLine = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.length <= MAX_ANCESTORS && value.every(isId));

const isTexts = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === "string"));

function isEnd(value: unknown): boolean {
  if (value === undefined) return true;
  const { kind, error } = (value ?? {}) as Record<string, { readonly name?: unknown; readonly message?: unknown }>;
  const isKnown = (kind as unknown) === "reject" || (kind as unknown) === "worker-lost";
  return isKnown && typeof error?.name === "string" && typeof error.message === "string";
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== "object" || value === null) return false;
  const header = value as Record<keyof Header, unknown>;
  return (
    Number.isSafeInteger(header.v) &&
    typeof header.task === "string" &&
    header.task.length > 0 &&
    isCount(header.parked) &&
    // of another version it is enough to know what to put back
    (header.v !== MESSAGE_VERSION || areOfThisVersion(header))
  );
}

function areOfThisVersion(header: Record<keyof Header, unknown>): boolean {
  return (
    isOptional(header.hash, "string") &&
    isCount(header.retries) &&
    isCount(header.redeliveries) &&
    isOptional(header.ignoreResult, "boolean") &&
    isCount(header.timeLimit) &&
    isCount(header.softTimeLimit) &&
    isOptional(header.limitKey, "string") &&
    isEnd(header.ended) &&
    isId(header.rootId) &&
    isId(header.parentId) &&
    isLine(header.ancestors) &&
    isOptional(header.unique, "string") &&
    isCount(header.keep) &&
    isOptional(header.debounce, "string") &&
    isCount(header.debouncedAt) &&
    isTexts(header.headers) &&
    isId(header.replayOf) &&
    isOptional(header.kid, "string") &&
    isOptional(header.sig, "string") &&
    isOptional(header.enc, "string")
  );
}
