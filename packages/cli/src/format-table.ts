import { cleanLine } from "./clean-text.js";

/** Rows under their titles, in columns two spaces apart; the first column stands to the left. */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  others: "left" | "right",
): string {
  const lines = [titles, ...rows.map((row) => row.map(cleanLine))];
  const widths = titles.map((_, index) => Math.max(...lines.map((row) => row[index]!.length)));
  const cell = (text: string, index: number): string =>
    index === 0 || others === "left" ? text.padEnd(widths[index]!) : text.padStart(widths[index]!);
  return lines.map((row) => `${row.map(cell).join("  ").trimEnd()}\n`).join("");
}
