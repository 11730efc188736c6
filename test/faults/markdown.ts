/** A table whose columns are aligned for those who read it in a terminal. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Tests by file, each with parts of their names. */
export const references = (tests: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(tests)
    .map(([file, names]) => `\`test/${file}\` (${names.map((name) => `“${name}”`).join(", ")})`)
    .join(", ");
