import { TransportError } from "../../errors.js";

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The connection was lost or is not there. */
export const unavailable = (
  what: string,
  details: { readonly certain: boolean; readonly cause?: unknown },
): TransportError => new TransportError("BROKER_UNAVAILABLE", what, details);

export const closedError = (location: string, certain = true): TransportError =>
  new TransportError("TRANSPORT_CLOSED", `the transport ${location} is closed`, { certain });

/** The broker refused something. Trying again does not help, unless `retriable`. */
export const refused = (what: string, cause: unknown, retriable = false): TransportError =>
  new TransportError("BROKER_ERROR", `${what}: ${textOf(cause)}`, { certain: true, retriable, cause });

/** What the driver says when a server takes the credentials and not the virtual host; the server's words are lost. */
const NO_VIRTUAL_HOST = /^Expected ConnectionOpenOk; got <ConnectionClose/;

/** A server's words without the driver's frame around them. */
export function textOf(error: unknown): string {
  const { message } = asError(error);
  if (NO_VIRTUAL_HOST.test(message)) return "there is no such virtual host, or the user may not use it";
  return /with message "([\s\S]*)"$/.exec(message)?.[1] ?? message;
}

/** AMQP's reply code of a closed channel, if it is one. */
export const replyCode = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "number"
    ? error.code
    : undefined;

export const NOT_FOUND = 404;
export const PRECONDITION_FAILED = 406;

/**
 * Whether another attempt to connect is in vain until somebody changes a setting: wrong credentials, a virtual host that is
 * not there, a certificate that is not trusted.
 */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === "string")
    return /CERT|^ERR_(TLS|SSL)|SELF_SIGNED|UNABLE_TO_VERIFY|BROKER_DRIVER_MISSING|BROKER_ERROR/.test(code);
  return NO_VIRTUAL_HOST.test(error.message) || /ACCESS[-_]REFUSED|NOT[-_]ALLOWED/.test(error.message);
}
