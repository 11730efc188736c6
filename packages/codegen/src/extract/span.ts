import { ts } from "#compiler";
import type { Span } from "../model.js";

/** The span between two offsets; one that goes on over several lines ends with its first. */
export function spanOf(file: ts.SourceFile, start: number, end: number): Span {
  const { line, character } = ts.getLineAndCharacterOfPosition(file, start);
  const lineFeed = file.text.indexOf("\n", start);
  const stop = lineFeed < 0 ? end : Math.min(end, lineFeed);
  return { line: line + 1, column: character + 1, length: Math.max(1, stop - start) };
}

/** The span of a node without the comments before it. */
export const nodeSpan = (file: ts.SourceFile, node: ts.Node): Span => spanOf(file, node.getStart(file), node.end);
