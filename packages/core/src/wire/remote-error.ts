/** An error of another process, as data. */
export interface RemoteError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  /** The error's own enumerable properties that can travel, encoded by the codec. */
  readonly data?: string;
  readonly cause?: RemoteError;
  /** The task declares it with `throws`. */
  readonly declared?: true;
}

/** An `Error` with the remote name, message, stack, code and cause. */
export function fromRemoteError(remote: RemoteError): Error {
  const error = new Error(remote.message, remote.cause === undefined ? {} : { cause: fromRemoteError(remote.cause) });
  Object.defineProperty(error, "name", { value: remote.name, configurable: true, writable: true });
  Object.defineProperty(error, "stack", {
    value: remote.stack ?? `${remote.name}: ${remote.message}`,
    configurable: true,
    writable: true,
  });
  return remote.code === undefined ? error : Object.assign(error, { code: remote.code });
}
