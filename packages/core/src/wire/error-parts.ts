/** An error as data. Of its class only the name travels; what comes back is an `Error` of that name. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: unknown;
  /** The list of an `AggregateError`. */
  readonly errors?: unknown;
  /** Its other own enumerable properties, and its `code` wherever that is. */
  readonly own?: Readonly<Record<string, unknown>>;
}

/** Those that have a place of their own in `ErrorParts`. */
export const STANDARD_PROPERTIES: ReadonlySet<string> = new Set(["name", "message", "stack", "cause", "errors"]);

export function partsOf(error: Error): ErrorParts {
  const own = ownProperties(error);
  // whatever its class says, anything can have been assigned to them
  const { name, message } = error as { readonly name: unknown; readonly message: unknown };
  return {
    name: String(name),
    message: String(message),
    ...(typeof error.stack === "string" && { stack: error.stack }),
    ...(Object.hasOwn(error, "cause") && { cause: error.cause }),
    ...(Object.hasOwn(error, "errors") && { errors: (error as { errors?: unknown }).errors }),
    ...(Object.keys(own).length > 0 && { own }),
  };
}

function ownProperties(error: Error): Record<string, unknown> {
  const own = Object.fromEntries(Object.entries(error).filter(([key]) => !STANDARD_PROPERTIES.has(key)));
  const { code } = error as { code?: unknown };
  const isData = typeof code === "string" || typeof code === "number";
  return isData && !Object.hasOwn(own, "code") ? { ...own, code } : own;
}
