import { readFileSync } from "node:fs";

/** A place in a file. */
export interface Location {
  /** An absolute path. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What an editor shows beside a name. */
export interface Suggestion {
  readonly name: string;
  /** Its type and its documentation. */
  readonly detail: string;
  /** Struck through. */
  readonly deprecated: boolean;
}

/** One document as an editor shows it with the help of one version of TypeScript; offsets are into its text. */
export interface Editor {
  /** The type and the documentation of the name at an offset. */
  hover(offset: number): Promise<string>;
  /** Where "go to definition" leads, the first one first. */
  definitions(offset: number): Promise<readonly Location[]>;
  /** What can be written at an offset. */
  suggestions(offset: number): Promise<readonly Suggestion[]>;
  /** The signature that is shown while the arguments of a call are written. */
  signature(offset: number): Promise<string>;
  close(): Promise<void>;
}

/** The offset of `|` in a piece of a document, which must stand there once. */
export function offsetOf(file: string, piece: string): number {
  const text = readFileSync(file, "utf8");
  const plain = piece.replace("|", "");
  const start = text.indexOf(plain);
  if (start === -1 || text.includes(plain, start + 1)) {
    throw new Error(`${JSON.stringify(plain)} must be in ${file} exactly once`);
  }
  return start + piece.indexOf("|");
}
