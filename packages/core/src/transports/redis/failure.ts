import { TransportError, type TransportErrorCode } from "../../errors.js";

/** The connection ended, or was given up, before an answer came: what was asked may have happened. */
export class ConnectionLost extends Error {}

interface Meaning {
  readonly code: TransportErrorCode;
  readonly certain: boolean;
  readonly retriable: boolean;
  /** The connection leads to a server that does not serve now: another connection may. */
  readonly reconnect?: boolean;
}

const AWAY: Meaning = { code: "BROKER_UNAVAILABLE", certain: true, retriable: true };
const REFUSED: Meaning = { code: "BROKER_ERROR", certain: true, retriable: false };

/** What the first word of an error reply means. A server that answers with one of these has changed nothing. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  OOM: { code: "BROKER_FULL", certain: true, retriable: true },
  READONLY: { ...AWAY, reconnect: true },
  LOADING: { ...AWAY, reconnect: true },
  MASTERDOWN: { ...AWAY, reconnect: true },
  UNBLOCKED: AWAY,
  BUSY: AWAY,
  TRYAGAIN: AWAY,
  CLUSTERDOWN: AWAY,
  NOREPLICAS: AWAY,
  MISCONF: AWAY,
  NOAUTH: REFUSED,
  WRONGPASS: REFUSED,
  NOPERM: REFUSED,
  WRONGTYPE: REFUSED,
};

const meaningOf = (error: unknown): Meaning | undefined =>
  MEANINGS[/\b([A-Z]{3,})\b/.exec(textOf(error).slice(0, 40))?.[1] ?? ""];

/** An error reply, as opposed to the end of a connection. */
export const isReply = (error: unknown): boolean => (error as Error | undefined)?.name === "ReplyError";

export const isNoScript = (error: unknown): boolean => textOf(error).startsWith("NOSCRIPT");

export const wantsReconnect = (error: unknown): boolean => meaningOf(error)?.reconnect === true;

/** Whether the server will refuse the same again: wrong credentials, missing permissions. */
export const isRefusal = (error: unknown): boolean => meaningOf(error) === REFUSED;

/**
 * What an error of ioredis means to callers; `repeated` when an earlier attempt was not answered.
 * n.b. its errors carry the arguments of the command: they are not handed on.
 */
export function toTransportError(error: unknown, location: string, repeated = false): TransportError {
  if (error instanceof TransportError) return error;
  const meaning = meaningOf(error) ?? { code: "BROKER_ERROR" as const, certain: false, retriable: false };
  const { code, retriable } = meaning;
  return new TransportError(code, `${location}: ${textOf(error)}`, {
    certain: meaning.certain && !repeated,
    retriable,
  });
}

/** The text of an error, without what it carries. */
export function textOf(error: unknown): string {
  const { message, errors, code } = (error ?? {}) as { message?: string; errors?: readonly unknown[]; code?: string };
  const text = message || (errors?.[0] === undefined ? undefined : textOf(errors[0])) || code || String(error);
  return text.slice(0, 300);
}
