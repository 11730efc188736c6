/** Order of two strings by UTF-16 code unit: the same on every system and in every locale. */
export const compareCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A path with `/`, whatever system wrote it. */
export const normalizePath = (path: string): string => path.replaceAll("\\", "/");

/** Paths with `/`, each once, ordered by code unit. */
export const sortPaths = (paths: Iterable<string>): string[] =>
  [...new Set([...paths].map(normalizePath))].toSorted(compareCodeUnits);
