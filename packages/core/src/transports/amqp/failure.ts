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

/** What ended a question: the broker refused it, or the connection was lost meanwhile, which the driver tells without a code. */
export function interrupted(location: string, cause: unknown): TransportError {
  const code = replyCode(cause);
  if (code !== undefined && code >= 400 && code < 500) return refused(`${location} refused it`, cause);
  return unavailable(`the connection to ${location} was lost: ${textOf(cause)}`, { certain: false, cause });
}

/** The broker refused a message that it could route. */
export const isNack = (reason: Error): boolean => reason.message === "message nacked";

/** A message's publisher confirm is negative, or will not come. */
export function unconfirmed(location: string, reason: Error): TransportError {
  if (isNack(reason)) {
    return new TransportError(
      "BROKER_FULL",
      "the broker refused the message; its queue is full, or has no leader now",
      {
        certain: true,
      },
    );
  }
  const what =
    replyCode(reason) === undefined
      ? `the connection to ${location} was lost before the broker confirmed the message`
      : `${location} closed the channel before it confirmed the message: ${textOf(reason)}`;
  return unavailable(what, { certain: false, cause: reason });
}

/** A broker gave up on a consumer. */
export const cancelled = (queue: string): TransportError =>
  new TransportError(
    "BROKER_ERROR",
    `the broker cancelled the consumer of ${queue}: the queue was deleted, or a message stayed unsettled for too long; it is consumed again`,
    { certain: true, retriable: true },
  );

/** A broker delivers nothing to a consumer, and has not told that it is no more. */
export const forgotten = (queue: string): TransportError =>
  new TransportError(
    "BROKER_ERROR",
    `the broker has forgotten the consumer of ${queue}: the queue was deleted, or does not answer; it is consumed again`,
    { certain: true, retriable: true },
  );

/** A queue says nothing, on a connection that answers. */
export const silent = (queue: string, certain: boolean): TransportError =>
  unavailable(
    `the queue ${queue} does not answer, although the broker does: it has lost its leader or the majority of its members, ` +
      `or comes to nothing else; "rabbitmqctl list_queues name state leader online" shows it, docs/brokers.md what to do`,
    { certain },
  );

/** What the driver says when a server takes the credentials and not the virtual host; the server's words are lost. */
const NO_VIRTUAL_HOST = /^Expected ConnectionOpenOk; got <ConnectionClose/;

/** What the driver says of a server that starts or stops just now, or waits for TLS. */
const CLOSED_EARLY = /^Socket closed abruptly/;
const NO_TLS = "ERR_SSL_WRONG_VERSION_NUMBER";
const TOO_EARLY = "it closed the connection before it was open; a port for TLS needs amqps:";
/** Who signed a certificate is not known: as OpenSSL calls it. */
const NOT_TRUSTED = /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY/;

/** A server's words without the driver's frame around them. */
export function textOf(error: unknown): string {
  const { message, code } = asError(error) as NodeJS.ErrnoException;
  if (code === NO_TLS) return "it does not speak TLS on this port; its port for TLS is usually 5671, or use amqp:";
  if (typeof code === "string" && NOT_TRUSTED.test(code))
    return `its certificate is not trusted: ${message}; name that of its authority with ?cacertfile=/path/to/ca.pem`;
  if (CLOSED_EARLY.test(message)) return TOO_EARLY;
  if (NO_VIRTUAL_HOST.test(message)) return "there is no such virtual host, or the user may not use it";
  return /with message "([\s\S]*)"$/.exec(message)?.[1] ?? message;
}

/** Why a connection did not open: a server may also reset one that it does not understand. */
export const openingTextOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException | undefined)?.code === "ECONNRESET" ? TOO_EARLY : textOf(error);

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
    return /CERT|^ERR_(TLS|SSL)|SELF_SIGNED|UNABLE_TO_VERIFY|BROKER_DRIVER_MISSING|BROKER_URL_INVALID|BROKER_ERROR/.test(
      code,
    );
  return NO_VIRTUAL_HOST.test(error.message) || /ACCESS[-_]REFUSED|NOT[-_]ALLOWED/.test(error.message);
}
