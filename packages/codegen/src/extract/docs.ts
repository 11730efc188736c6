import { ts } from "#compiler";

/** The text of the doc comment before a node, without the comment's marks; `undefined` without one. */
export function docOf(file: ts.SourceFile, node: ts.Node): string | undefined {
  const ranges = ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? [];
  const comment = ranges.map(({ pos, end }) => file.text.slice(pos, end)).findLast(isDocComment);
  return comment && (docText(comment) || undefined);
}

const isDocComment = (comment: string): boolean => /^\/\*\*[^/]/.test(comment);

function docText(comment: string): string {
  const lines = comment.slice(3, -2).split(/\r?\n/);
  return lines
    .map((line, i) => (i === 0 ? line.trim() : line.replace(/^\s*\*? ?/, "").trimEnd()))
    .join("\n")
    .trim();
}
