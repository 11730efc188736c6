import type { Spread } from "./statistics.js";

/** What one measure came to. The first row is what the others are compared with. */
export interface Table {
  readonly title: string;
  /** What was done, and how. */
  readonly about: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const digits = (value: number): number => (value >= 100 ? 0 : value >= 10 ? 1 : 2);

export const number = (value: number): string =>
  value.toFixed(digits(value)).replace(/\B(?=(\d{3})+(?!\d))/g, value >= 1000 ? "," : "");

/** `0.52 (0.47 to 0.58)`. */
export const spread = ({ median, least, most }: Spread): string =>
  `${number(median)} (${number(least)} to ${number(most)})`;

/** The table in Markdown, its columns aligned for those who read it in a terminal. */
export function render({ title, about, columns, rows }: Table): string {
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [`## ${title}`, "", about, "", line(columns), rule, ...rows.map(line), ""].join("\n");
}
