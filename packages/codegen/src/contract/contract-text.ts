import type { ContractFile } from "./contract-file.js";

/** A value goes on one line where it fits. */
const WIDTH = 100;

/** The text of a contract: the same bytes for the same contract. */
export const contractText = (contract: ContractFile): string => `${layOut(contract, "", 0)}\n`;

/** JSON in which only what does not fit on its line is broken; `taken` is what stands before it on the line. */
function layOut(value: unknown, indent: string, taken: number): string {
  const room = WIDTH - indent.length - taken;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const line = JSON.stringify(value).length > room ? undefined : oneLine(value);
  if (line !== undefined && line.length < room) return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item: unknown) => layOut(item, inner, 0))
    : entriesOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${layOut(item, inner, key.length + 4)}`);
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${items.map((item) => inner + item).join(",\n")}\n${indent}${close}`;
}

function oneLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  const items = entriesOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${oneLine(item)}`);
  return items.length === 0 ? "{}" : `{ ${items.join(", ")} }`;
}

const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, item]) => item !== undefined);
