import { TransportError, type TransportErrorCode } from "../../errors.js";

/** The connection ended, or was given up, before an answer came: what was asked may have happened. */
export class ConnectionLost extends Error {}

/** The server cannot be used as it is: a standby, say. Nothing was asked of it. */
export class NotServing extends Error {}

interface Meaning {
  readonly code: TransportErrorCode;
  readonly retriable: boolean;
  /** What to do before the same is asked again: wait, or wait and connect anew. Nothing: the caller is told. */
  readonly again?: "later" | "elsewhere";
  /** What to do about it. */
  readonly advice?: string;
}

const AWAY: Meaning = { code: "BROKER_UNAVAILABLE", retriable: true };
const LATER: Meaning = { ...AWAY, again: "later" };
const ELSEWHERE: Meaning = { ...AWAY, again: "elsewhere" };
const FULL: Meaning = { code: "BROKER_FULL", retriable: true };
const REFUSED: Meaning = { code: "BROKER_ERROR", retriable: false };

/** What a SQLSTATE means. A server that answers with one of these has changed nothing. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  "25006": ELSEWHERE, // read only: it became a standby
  "3F000": ELSEWHERE, // the schema is gone: who connects makes it
  "42P01": ELSEWHERE, // a table is
  "42883": ELSEWHERE, // a function is
  "40001": LATER, // serialization failure
  "40P01": LATER, // deadlock
  "55P03": LATER, // a lock is not available
  "53100": FULL, // disk
  "53200": FULL, // memory
  "53300": ELSEWHERE, // too many connections
  "57014": AWAY, // it took longer than statement_timeout
  "57P03": ELSEWHERE, // it is starting up
  "28000": { ...REFUSED, advice: "check pg_hba.conf, the user, and sslmode in the URL" },
  "28P01": { ...REFUSED, advice: "check the user and the password in the URL" },
  "3D000": { ...REFUSED, advice: "create the database, or name another one in the URL" },
  "42P07": { ...REFUSED, advice: "it is of others; use another prefix" },
  "42501": { ...REFUSED, advice: "grant CREATE on the database, or the schema and its tables, to that user" },
};

/** The server ends this connection: what it was asked may or may not have been done before. */
const ENDING = /^(57P0[1245]|08)/;
const SQLSTATE = /^[0-9A-Z]{5}$/;
const TLS_CODES =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH|INVALID_CA)/;
const NO_TLS = /does not support SSL|SASL|SCRAM/;

const codeOf = (error: unknown): string => {
  const { code } = rootOf(error) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
};

function meaningOf(error: unknown): Meaning | undefined {
  const code = codeOf(error);
  if (TLS_CODES.test(code) || NO_TLS.test(textOf(error))) {
    return { ...REFUSED, advice: "check sslmode, sslrootcert and the password in the URL" };
  }
  return MEANINGS[code];
}

/** An answer of the server, as opposed to the end of a connection. */
export const isReply = (error: unknown): boolean =>
  SQLSTATE.test(codeOf(error)) && "severity" in (error as object) && !ENDING.test(codeOf(error));

/** Whether the server refused for now only. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NotServing || meaningOf(error)?.again !== undefined;

/** Whether another connection may be served. */
export const wantsReconnect = (error: unknown): boolean =>
  error instanceof NotServing || meaningOf(error)?.again === "elsewhere";

/** Whether the server will refuse the same again: wrong credentials, missing permissions. */
export function isRefusal(error: unknown): boolean {
  const meaning = meaningOf(error);
  return meaning !== undefined && !meaning.retriable;
}

/** What an error of pg means to callers; `unsure` when an earlier attempt was not answered. */
export function toTransportError(error: unknown, location: string, unsure = false): TransportError {
  if (error instanceof TransportError) return error;
  const { code, retriable, advice } = meaningOf(error) ?? REFUSED;
  const text = `${location}: ${textOf(error)}${advice === undefined ? "" : `; ${advice}`}`;
  const certain = !unsure && (isReply(error) || isRefusal(error) || error instanceof NotServing);
  return new TransportError(code, text, { certain, retriable });
}

/** The text of an error, without what it carries: that may be data. */
export function textOf(error: unknown): string {
  const { message, code } = rootOf(error) as { message?: string; code?: string };
  return (message || code || String(error)).slice(0, 300);
}

/** Several addresses were tried: the last failure says why. */
function rootOf(error: unknown): object {
  const { errors } = (error ?? {}) as { errors?: readonly unknown[] };
  return errors?.[0] === undefined ? (error ?? {}) : rootOf(errors[0]);
}
