const UNSTORABLE = /[\0\\\p{Cs}]/gu;

/** A text as Postgres can store it: without NUL and lone surrogates. Almost every text is left as it is. */
export const toSql = (text: string): string =>
  text.replace(UNSTORABLE, (letter) => {
    if (letter === "\\") return "\\\\";
    return letter === "\0" ? "\\0" : `\\${letter.charCodeAt(0).toString(16)}`;
  });

/** Reads it back. */
export const fromSql = (text: string): string =>
  text.includes("\\")
    ? text.replace(/\\(\\|0|d[89a-f][0-9a-f]{2})/g, (_, code: string) => {
        if (code === "\\") return "\\";
        return code === "0" ? "\0" : String.fromCharCode(Number.parseInt(code, 16));
      })
    : text;

/** Whole milliseconds, at least one, at most some thousand years: what an interval takes. */
export const lifetime = (ttlMs: number): number => Math.min(1e14, Math.max(1, Math.ceil(ttlMs)));

/** Many bodies as one parameter: their bytes, and where each of them begins (counted from 1) and how long it is. */
export interface PackedBodies {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
}

export function packBodies(bodies: readonly Uint8Array[]): PackedBodies {
  let end = 1;
  const starts = bodies.map(({ length }) => (end += length) - length);
  return { bytes: Buffer.concat(bodies), starts, sizes: bodies.map(({ length }) => length) };
}
