import { ts } from "#compiler";

/** The text of a node without most of its comments: those before nodes. */
export function withoutComments(file: ts.SourceFile, node: ts.Node): string {
  const kept: string[] = [];
  let [from, seen] = [node.pos, -1];
  const visit = (inner: ts.Node): void => {
    const start = inner.getStart(file, false);
    const before = inner.pos > seen ? file.text.slice(inner.pos, start) : "";
    if (before.includes("/")) {
      // n.b. a line that ends is a token of its own to the parser
      kept.push(file.text.slice(from, inner.pos), before.includes("\n") ? "\n" : " ");
      from = start;
    }
    seen = Math.max(seen, inner.pos);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return `${kept.join("")}${file.text.slice(from, node.end)}\n`;
}
