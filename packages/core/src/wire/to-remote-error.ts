import type { RemoteError } from "./remote-error.js";

const MAX_TEXT = 16 * 1024;
/** Causes of causes. */
const MAX_DEPTH = 5;
/** Errors in all: causes, and members of an `AggregateError`. */
const MAX_ERRORS = 20;

const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** How an error's own properties are encoded; `undefined` leaves them out. */
export type EncodeData = (data: Record<string, unknown>) => string | undefined;

const STANDARD = new Set(["name", "message", "stack", "code", "cause"]);

/** Any thrown value as data; also one whose properties throw when they are read, or that is its own cause. */
export const toRemoteError = (thrown: unknown, encodeData: EncodeData = () => undefined): RemoteError =>
  new Description(encodeData).of(thrown, 0);

/** One walk over an error and the errors that it holds. */
class Description {
  readonly #encodeData: EncodeData;
  readonly #above = new Set<unknown>();
  #count = 0;

  constructor(encodeData: EncodeData) {
    this.#encodeData = encodeData;
  }

  of(thrown: unknown, depth: number): RemoteError {
    this.#count++;
    this.#above.add(thrown);
    try {
      return isError(thrown) ? this.#ofError(thrown, depth) : { name: "Error", message: clip(describe(thrown)) };
    } catch {
      return { name: "Error", message: "what was thrown cannot be read" };
    } finally {
      this.#above.delete(thrown);
    }
  }

  #ofError(error: Error, depth: number): RemoteError {
    const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
    const own = Object.entries(error).filter(([key]) => !STANDARD.has(key));
    const data = own.length === 0 ? undefined : this.#encodeData(Object.fromEntries(own));
    return {
      name: clip(String(error.name)),
      message: clip(String(error.message)),
      ...(typeof error.stack === "string" && { stack: clip(error.stack) }),
      ...((typeof code === "string" || typeof code === "number") && { code: clip(String(code)) }),
      ...(data !== undefined && { data }),
      ...(cause !== undefined && this.#mayHold(cause, depth) && { cause: this.of(cause, depth + 1) }),
      ...(isAggregate(error, errors) && { errors: this.#ofMany(errors, depth) }),
    };
  }

  #ofMany(errors: readonly unknown[], depth: number): RemoteError[] {
    const told: RemoteError[] = [];
    for (const error of errors) if (this.#mayHold(error, depth)) told.push(this.of(error, depth + 1));
    return told;
  }

  #mayHold(thrown: unknown, depth: number): boolean {
    return depth < MAX_DEPTH && this.#count < MAX_ERRORS && !this.#above.has(thrown);
  }
}

/** Errors of another realm too. */
const isError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]";

/** n.b. other errors have a list of that name among their own data. */
const isAggregate = (error: Error, errors: unknown): errors is readonly unknown[] =>
  Array.isArray(errors) && !Object.prototype.propertyIsEnumerable.call(error, "errors");

function describe(thrown: unknown): string {
  try {
    return typeof thrown === "string" ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
