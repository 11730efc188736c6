import type { ErrorClass } from "../define/task-options.js";
import type { Codec } from "../wire/codec.js";
import { fromRemoteError, type RemoteError } from "../wire/remote-error.js";

/** Brings declared errors back as instances of their classes. */
export class ErrorRegistry {
  readonly #classes: ReadonlyMap<string, ErrorClass>;
  readonly #codec: Pick<Codec, "decode">;

  /** Classes are told apart by their names. */
  constructor(classes: readonly ErrorClass[], codec: Pick<Codec, "decode">) {
    this.#classes = new Map(classes.map((type) => [type.name, type]));
    this.#codec = codec;
  }

  /** The error as an instance of its class, or `undefined` when the task did not declare it. */
  revive(remote: RemoteError): Error | undefined {
    if (remote.declared !== true) return undefined;
    const error = fromRemoteError(remote);
    const type = this.#classes.get(remote.name);
    if (type !== undefined) Object.setPrototypeOf(error, type.prototype as object);
    if (remote.data === undefined) return error;
    return Object.assign(error, this.#codec.decode(new TextEncoder().encode(remote.data)));
  }
}
