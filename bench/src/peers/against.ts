import { alternate, type Rounds, type Side } from "../rounds.js";
import { ratios, spreadOf } from "../statistics.js";
import { spread, type Table } from "../table.js";

/** A side of a comparison with peers. */
export interface PeerSide<T> extends Side<T> {
  /** What taskgen is held to beside it, such as `≥ 8`. */
  readonly bar?: string;
}

/** How the runs of a side become a number to compare, and the cells of its row. */
export interface Reading<T> {
  readonly columns: readonly string[];
  readonly value: (run: T, side: number) => number;
  readonly cells: (runs: readonly T[], side: number) => readonly string[];
}

/**
 * Runs all sides in turn. The first sides are `ours`: beside each other one stands what theirs are divided by its, within each round.
 */
export async function compareWithPeers<T>(
  about: Pick<Table, "title" | "about">,
  sides: { readonly ours: readonly PeerSide<T>[]; readonly others: readonly PeerSide<T>[] },
  { reading, rounds }: { readonly reading: Reading<T>; readonly rounds: Rounds },
): Promise<Table> {
  const all = [...sides.ours, ...sides.others];
  const results = await alternate(all, rounds);
  const values = results.map((runs, side) => runs.map((run) => reading.value(run, side)));
  const against = (side: number): string[] =>
    sides.ours.map((_, own) => (side < sides.ours.length ? "" : spread(spreadOf(ratios(values[own]!, values[side]!)))));
  const rows = all.map(({ name, bar }, side) => [
    name,
    ...reading.cells(results[side]!, side),
    ...against(side),
    bar ?? "",
  ]);
  const columns = [
    "",
    ...reading.columns,
    ...sides.ours.map(({ name }) => `${name.replace("taskgen, ", "")} : it`),
    "wanted",
  ];
  return { title: about.title, about: `${about.about} ${results[0]!.length} rounds.`, columns, rows };
}
