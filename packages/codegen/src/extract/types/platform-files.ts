import type { ts } from "#compiler";

/** A parsed file and what it was parsed from. */
interface Parsed {
  readonly text: string;
  readonly file: ts.SourceFile;
}

/**
 * The declarations of the platform, which are most of what a compiler reads, and the same for every project: each is
 * parsed once in a process for the same options, and bound once by the first program that has it.
 */
const parsed = new Map<string, Parsed>();

/** The file as it was parsed before from the same text under the same key, or as it is now. */
export function sharedFile(key: string, text: string, parse: () => ts.SourceFile): ts.SourceFile {
  const known = parsed.get(key);
  if (known?.text === text) return known.file;
  const file = parse();
  parsed.set(key, { text, file });
  return file;
}
