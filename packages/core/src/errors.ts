/** What a `TaskgenError` may carry besides its message. */
export interface ErrorDetails {
  readonly cause?: unknown;
}

/**
 * The base of every error that taskgen raises. `code` is stable and documented in docs/errors.md; the message says
 * what happened, to what, and what to do next.
 */
export abstract class TaskgenError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, details: ErrorDetails = {}) {
    super(`[${code}] ${message}`, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.name = new.target.name;
  }
}

export type ConfigErrorCode =
  | "BROKER_MISSING"
  | "BROKER_URL_INVALID"
  | "BROKER_DRIVER_MISSING"
  | "DURATION_INVALID"
  | "OPTION_INVALID"
  | "CAPABILITY_MISSING"
  | "NO_CURRENT_TASK";

/** A setting, an option or a call's place in the program is wrong; nothing was sent. */
export class ConfigError extends TaskgenError<ConfigErrorCode> {}

export type CodecErrorCode = "NOT_SERIALIZABLE" | "NOT_DECODABLE" | "SIGNATURE_INVALID" | "ENCRYPTION_INVALID";

/** A value cannot travel, or bytes that came are not what this project writes, or not by one who has the keys. */
export class CodecError extends TaskgenError<CodecErrorCode> {
  /** Where in the value, for example `argument 1 .items[2].onDone` or `result`; empty when decoding. */
  readonly path: string;

  constructor(code: CodecErrorCode, message: string, details: ErrorDetails & { readonly path?: string } = {}) {
    super(code, message, details);
    this.path = details.path ?? "";
  }
}

export type TransportErrorCode =
  "BROKER_UNAVAILABLE" | "BROKER_FULL" | "PAYLOAD_TOO_LARGE" | "TRANSPORT_CLOSED" | "BROKER_ERROR";

/** The broker did not take what it was given. */
export class TransportError extends TaskgenError<TransportErrorCode> {
  /** True when the operation certainly had no effect; false when it may have happened. */
  readonly certain: boolean;
  /** True when the same operation may succeed later. */
  readonly retriable: boolean;

  constructor(
    code: TransportErrorCode,
    message: string,
    details: ErrorDetails & { readonly certain: boolean; readonly retriable?: boolean },
  ) {
    super(code, message, details);
    this.certain = details.certain;
    this.retriable = details.retriable ?? (code === "BROKER_UNAVAILABLE" || code === "BROKER_FULL");
  }
}

export type PublishErrorCode =
  | "NOT_ENQUEUED"
  | "ENQUEUE_UNKNOWN"
  | "NOT_SERIALIZABLE"
  | "INVALID_ARGUMENTS"
  | "PAYLOAD_TOO_LARGE"
  | "PUBLISH_REFUSED";

/**
 * A call did not reach the broker. With `ENQUEUE_UNKNOWN` it may have; sending it again with the same `taskId` is safe.
 * Every other code means that the task certainly was not enqueued.
 */
export class PublishError extends TaskgenError<PublishErrorCode> {
  readonly taskId: string;
  readonly taskName: string;

  constructor(
    code: PublishErrorCode,
    message: string,
    details: ErrorDetails & { readonly taskId: string; readonly taskName: string },
  ) {
    super(code, message, details);
    this.taskId = details.taskId;
    this.taskName = details.taskName;
  }

  /** True when the task certainly was not enqueued; false when it may have been. */
  get certain(): boolean {
    return this.code !== "ENQUEUE_UNKNOWN";
  }
}

export type ResultErrorCode =
  | "RESULT_TIMEOUT"
  | "RESULT_ABORTED"
  | "RESULT_IGNORED"
  | "RESULT_NOT_STORED"
  | "RESULT_LOST"
  | "RESULT_CLOSED"
  | "RESULT_FORGED"
  | "STREAM_READ"
  | "JOIN_IN_TASK";

/** A result cannot be had here, or not in time; the task itself is not touched. */
export class ResultError extends TaskgenError<ResultErrorCode> {}
