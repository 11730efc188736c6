import { ConfigError, TransportError, type TransportErrorCode } from "../../errors.js";

/** An error as it crosses from the database thread. */
export interface Failure {
  readonly code: TransportErrorCode | "BROKER_DRIVER_MISSING";
  /** Without the code in front. */
  readonly message: string;
  readonly certain: boolean;
  readonly retriable: boolean;
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const BUSY = 5;
const LOCKED = 6;
const IOERR = 10;
const FULL = 13;
const CANTOPEN = 14;

/** Whether another connection holds the lock that was needed. */
export const isBusy = (error: unknown): boolean => [BUSY, LOCKED].includes(resultCode(error));

/** Whether the same may succeed later, without anything being changed here. */
export const isRetriable = (error: unknown): boolean =>
  [BUSY, LOCKED, FULL, IOERR, CANTOPEN].includes(resultCode(error));

/**
 * Whether a commit that failed with this certainly changed nothing: its last frame, which would make it one, was not written.
 * n.b. only of journals that are written ahead
 */
export const isUncommitted = (error: unknown): boolean => [BUSY, FULL].includes(resultCode(error));

function resultCode(error: unknown): number {
  const { errcode } = (error ?? {}) as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : 0;
}

/** What an error of SQLite means to callers. `certain` says that the transaction was rolled back. */
export function toFailure(error: unknown, certain: boolean): Failure {
  if (error instanceof ConfigError && error.code === "BROKER_DRIVER_MISSING") {
    return { code: error.code, message: withoutCode(error), certain: true, retriable: false };
  }
  const text = error instanceof Error ? error.message : String(error);
  const rolledBack = (code: TransportErrorCode, message: string): Failure => ({
    code,
    message,
    certain,
    retriable: true,
  });
  switch (resultCode(error)) {
    case BUSY:
    case LOCKED:
      return rolledBack("BROKER_UNAVAILABLE", `another process keeps the database locked: ${text}`);
    case FULL:
      return rolledBack("BROKER_FULL", `there is no space left: ${text}`);
    case IOERR:
    case CANTOPEN:
      return rolledBack("BROKER_UNAVAILABLE", text);
    default:
      return { code: "BROKER_ERROR", message: text, certain, retriable: false };
  }
}

/** The error that callers see. */
export function toError(
  { code, message, certain, retriable }: Failure,
  location: string,
): TransportError | ConfigError {
  return code === "BROKER_DRIVER_MISSING"
    ? new ConfigError(code, message)
    : new TransportError(code, `${location}: ${message}`, { certain, retriable });
}

const withoutCode = ({ code, message }: ConfigError): string => message.replace(`[${code}] `, "");
