import { existsSync, readFileSync } from "node:fs";

/** One line of a history file. */
export interface HistoryEntry {
  readonly event: "start" | "end";
  readonly id: string;
  readonly redeliveries: number;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly at: number;
}

export function readHistory(path: string): HistoryEntry[] {
  if (!existsSync(path)) return [];
  // n.b. the last line may be half there
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as HistoryEntry);
}

/** The ids that a process started and did not end. */
export function inTheMiddle(history: readonly HistoryEntry[], pid: number): string[] {
  const open = new Set<string>();
  for (const entry of history) {
    if (entry.pid !== pid) continue;
    if (entry.event === "start") open.add(entry.id);
    else open.delete(entry.id);
  }
  return [...open];
}

/** How often each id was started. */
export function countRuns(history: readonly HistoryEntry[]): Map<string, number> {
  const runs = new Map<string, number>();
  for (const { event, id } of history) if (event === "start") runs.set(id, (runs.get(id) ?? 0) + 1);
  return runs;
}
