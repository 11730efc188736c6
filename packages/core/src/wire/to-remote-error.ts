import type { RemoteError } from "./remote-error.js";

const MAX_TEXT = 16 * 1024;
const MAX_CAUSES = 5;

const clip = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** How an error's own properties are encoded; `undefined` leaves them out. */
export type EncodeData = (data: Record<string, unknown>) => string | undefined;

const STANDARD = new Set(["name", "message", "stack", "code", "cause"]);

/** Any thrown value as data; also one whose properties throw when they are read. */
export function toRemoteError(thrown: unknown, encodeData: EncodeData = () => undefined, depth = 0): RemoteError {
  try {
    return describeError(thrown, encodeData, depth);
  } catch {
    return { name: "Error", message: "what was thrown cannot be read" };
  }
}

function describeError(thrown: unknown, encodeData: EncodeData, depth: number): RemoteError {
  if (!(thrown instanceof Error)) return { name: "Error", message: clip(describe(thrown)) };
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  const own = Object.entries(thrown).filter(([key]) => !STANDARD.has(key));
  const data = own.length === 0 ? undefined : encodeData(Object.fromEntries(own));
  return {
    name: clip(String(thrown.name)),
    message: clip(String(thrown.message)),
    ...(typeof thrown.stack === "string" && { stack: clip(thrown.stack) }),
    ...((typeof code === "string" || typeof code === "number") && { code: String(code) }),
    ...(data !== undefined && { data }),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: toRemoteError(cause, encodeData, depth + 1) }),
  };
}

function describe(thrown: unknown): string {
  try {
    return typeof thrown === "string" ? thrown : (JSON.stringify(thrown) ?? String(thrown));
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
