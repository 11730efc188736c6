import {
  ConfigError,
  ResultError,
  TransportError,
  type ConfigErrorCode,
  type ResultErrorCode,
  type TransportErrorCode,
} from "../../errors.js";
import type { Revoking } from "../../revoking.js";
import type { Registers } from "../../registers.js";
import type { ResultBackendCaps } from "../../result-backend.js";
import type { Streaming } from "../../streaming.js";
import type { Envelope, TransportCaps } from "../../transport.js";
import { pack, unpack, type Packed } from "../../wire/pack.js";
import { fromRemoteError, type RemoteError } from "../../wire/remote-error.js";
import { toRemoteError } from "../../wire/to-remote-error.js";

/** What a pool thread asks of the main thread. Messages travel in arrays: all of one tick in one post. */
export type LinkCall =
  | { readonly id: number; readonly op: LinkOp; readonly handle: number; readonly args: readonly unknown[] }
  /** Whoever waits for the call has gone. */
  | { readonly id: number; readonly op: "cancel" };

export type LinkOp =
  | "open"
  | "send"
  | "broadcast"
  | "put"
  | "get"
  | "wait"
  | "forget"
  | "append"
  | "latest"
  | PowerOp
  /** Answered by items, then by a value. */
  | "watch";

/** The methods of optional powers of result backends that cross the link, where the backend has them. */
export const POWER_OPS = ["mark", "marks", "swap", "push", "drained", "pull"] as const satisfies readonly (
  keyof Revoking | keyof Registers | keyof Streaming
)[];

export type PowerOp = (typeof POWER_OPS)[number];

/** What the main thread answers. */
export type LinkReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly item: unknown }
  | { readonly id: number; readonly error: WireError };

/** The answer to `open`. */
export interface Opened {
  readonly handle: number;
  readonly caps: TransportCaps | ResultBackendCaps;
  readonly location: string;
  /** `ResultBackend.address`, where there is one. */
  readonly address: string | undefined;
  /** What else a result backend can do. */
  readonly powers: readonly PowerOp[];
}

/** Envelopes with their bodies in one buffer. */
export interface PackedEnvelopes {
  readonly heads: readonly Omit<Envelope, "body">[];
  readonly bodies: Packed;
}

export const packEnvelopes = (batch: readonly Envelope[]): PackedEnvelopes => ({
  heads: batch.map(({ body: _, ...head }) => head),
  bodies: pack(batch.map(({ body }) => body)),
});

export function unpackEnvelopes({ heads, bodies }: PackedEnvelopes): Envelope[] {
  const parts = unpack(bodies);
  return heads.map((head, i) => ({ ...head, body: parts[i]! }));
}

/** n.b. a view is cloned with all of the buffer behind it; this is one without. */
export const compactBytes = (bytes: Uint8Array): Uint8Array =>
  bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);

/** The same of the body of a part. */
export const compact = <T extends { readonly body: Uint8Array }>(part: T): T => ({
  ...part,
  body: compactBytes(part.body),
});

/** An error that keeps its class across the link. */
export interface WireError {
  readonly family: "transport" | "result" | "config" | "other";
  readonly remote: RemoteError;
  readonly certain?: boolean;
  readonly retriable?: boolean;
}

export function toWireError(error: unknown): WireError {
  const remote = toRemoteError(error);
  if (error instanceof TransportError)
    return { family: "transport", remote, certain: error.certain, retriable: error.retriable };
  if (error instanceof ResultError) return { family: "result", remote };
  return { family: error instanceof ConfigError ? "config" : "other", remote };
}

export function fromWireError({ family, remote, certain = false, retriable = false }: WireError): Error {
  const message = remote.message.replace(/^\[\w+\] /, "");
  const cause = remote.cause === undefined ? {} : { cause: fromRemoteError(remote.cause) };
  if (family === "transport")
    return new TransportError(remote.code as TransportErrorCode, message, { ...cause, certain, retriable });
  if (family === "result") return new ResultError(remote.code as ResultErrorCode, message, cause);
  if (family === "config") return new ConfigError(remote.code as ConfigErrorCode, message, cause);
  return fromRemoteError(remote);
}
