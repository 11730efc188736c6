/**
 * Arguments for a Node that lives for seconds: code that soon ends is not worth V8's optimizing compiler, which takes a sixth of the
 * processor time of a file that starts threads. What runs long is optimized all the same, later.
 *
 * n.b. other versions of Node have no such flag, and refuse those that they do not know.
 */
export const SHORT_LIVED: readonly string[] = process.versions.node.startsWith("20.")
  ? ["--interrupt-budget=2000000"]
  : [];
