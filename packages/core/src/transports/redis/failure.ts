import { TransportError, type TransportErrorCode } from "../../errors.js";

/** The connection ended, or was given up, before an answer came: what was asked may have happened. */
export class ConnectionLost extends Error {}

/** The server cannot be used as it is: a replica, say. Nothing was asked of it. */
export class NotServing extends Error {}

interface Meaning {
  readonly code: TransportErrorCode;
  readonly certain: boolean;
  readonly retriable: boolean;
  /** What to do before the same is asked again: wait, or wait and connect anew. Nothing: the caller is told. */
  readonly again?: "later" | "elsewhere";
}

const AWAY: Meaning = { code: "BROKER_UNAVAILABLE", certain: true, retriable: true };
const REFUSED: Meaning = { code: "BROKER_ERROR", certain: true, retriable: false };

/** What the first word of an error reply means. A server that answers with one of these has changed nothing. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  OOM: { code: "BROKER_FULL", certain: true, retriable: true },
  READONLY: { ...AWAY, again: "elsewhere" },
  LOADING: { ...AWAY, again: "elsewhere" },
  MASTERDOWN: { ...AWAY, again: "elsewhere" },
  UNBLOCKED: { ...AWAY, again: "later" },
  BUSY: { ...AWAY, again: "later" },
  TRYAGAIN: { ...AWAY, again: "later" },
  CLUSTERDOWN: { ...AWAY, again: "later" },
  NOREPLICAS: AWAY,
  MISCONF: AWAY,
  NOAUTH: REFUSED,
  WRONGPASS: REFUSED,
  NOPERM: REFUSED,
  WRONGTYPE: REFUSED,
};

/** While its slot moves to another node, a script may find that one of its keys is there already: after it has changed others. */
const HALF_MOVED = /script attempted to access a non local key/i;
const MOVING: Meaning = { ...AWAY, certain: false, again: "later" };

/** A certificate that is not trusted is the user's to mend, like a wrong password. */
const TLS_CODES =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/**
 * n.b. before version 7 an error within a script comes as `ERR Error running script (…): @user_script: 7: -OOM …`; ioredis
 * puts words of its own before what a Sentinel said, and before what a Cluster said again and again.
 */
const FIRST_WORD = /^(?:ERR Error running script.*?-|.*Last error: (?:\w+: )?)?([A-Z]{3,})\b/s;

const meaningOf = (error: unknown): Meaning | undefined => {
  const root = rootOf(error);
  const { code = "" } = root as { readonly code?: unknown };
  if (typeof code === "string" && TLS_CODES.test(code)) return REFUSED;
  const text = textOf(root);
  return HALF_MOVED.test(text) ? MOVING : MEANINGS[FIRST_WORD.exec(text)?.[1] ?? ""];
};

/** An error reply, as opposed to the end of a connection. */
export const isReply = (error: unknown): boolean => (error as Error | undefined)?.name === "ReplyError";

export const isNoScript = (error: unknown): boolean => textOf(error).startsWith("NOSCRIPT");

/** Whether the server refused for now only. */
export const isPassing = (error: unknown): boolean => meaningOf(error)?.again !== undefined;

/** Whether what was asked certainly had no effect. */
export const isUndone = (error: unknown): boolean => meaningOf(error)?.certain === true;

/** Whether the connection leads to a server that does not serve now: another connection may. */
export const wantsReconnect = (error: unknown): boolean => meaningOf(error)?.again === "elsewhere";

/** Whether the server will refuse the same again: wrong credentials, missing permissions. */
export const isRefusal = (error: unknown): boolean => meaningOf(error) === REFUSED;

/**
 * What an error of ioredis means to callers; `unsure` when an earlier attempt was not answered.
 * n.b. its errors carry the arguments of the command: they are not handed on.
 */
export function toTransportError(error: unknown, location: string, unsure = false): TransportError {
  if (error instanceof TransportError) return error;
  const meaning = meaningOf(error) ?? { code: "BROKER_ERROR" as const, certain: false, retriable: false };
  const { code, retriable } = meaning;
  return new TransportError(code, `${location}: ${textOf(error)}`, {
    certain: meaning.certain && !unsure,
    retriable,
  });
}

/** The text of an error, without what it carries. */
export function textOf(error: unknown): string {
  const root = rootOf(error);
  const { message, code } = (root ?? {}) as { message?: string; code?: string };
  return (message || code || String(root)).slice(0, 300);
}

/** Several addresses or nodes were tried: the last failure says why. */
function rootOf(error: unknown): unknown {
  const { errors, lastNodeError } = (error ?? {}) as { errors?: readonly unknown[]; lastNodeError?: unknown };
  const inner = errors?.[0] ?? lastNodeError;
  return inner === undefined ? (error ?? {}) : rootOf(inner);
}
