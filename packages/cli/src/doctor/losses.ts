import type { Transport } from "@taskgen/core/internal";
import { formatTable } from "../format-table.js";

/** A table of what each failure takes of what the broker has acknowledged. */
export function describeLosses({ caps: { losses }, location }: Transport): string | undefined {
  if (losses === undefined) return undefined;
  const rows = [
    ["a worker or a caller is killed", "nothing: what it ran runs again"],
    ["the broker is killed", losses.brokerKilled],
    ["its machine loses power", losses.powerLoss],
    ["its machine is gone", losses.machineGone],
    ["it has no room left", losses.noRoom],
  ];
  return `\nof the tasks that ${location} has acknowledged\n${formatTable(["when", "is lost"], rows, "left")}`;
}
