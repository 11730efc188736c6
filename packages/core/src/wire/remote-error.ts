/** An error of another process, as data. */
export interface RemoteError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  /** The error's own enumerable properties that can travel, encoded by the codec. */
  readonly data?: string;
  readonly cause?: RemoteError;
  /** Those of an `AggregateError`; no more than travelled. */
  readonly errors?: readonly RemoteError[];
  /** The task declares it with `throws`. */
  readonly declared?: true;
}

/** An `Error` with the remote name, message, stack, code, cause and errors. */
export function fromRemoteError({ name, message, stack, code, cause, errors }: RemoteError): Error {
  const error = new Error(message, cause && { cause: fromRemoteError(cause) });
  const define = (key: string, value: unknown): unknown =>
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  define("name", name);
  define("stack", stack ?? `${name}: ${message}`);
  if (errors !== undefined) define("errors", errors.map(fromRemoteError));
  return code === undefined ? error : Object.assign(error, { code });
}
