import type { Rule } from "./check.js";

/** A delivery ends in exactly one settlement, or is lost. */
export const oneSettlement: Rule = (life) => {
  const ended = new Set<number>();
  for (const { claim } of [...life.of("settled"), ...life.of("expired")].toSorted((a, b) => a.index - b.index)) {
    if (ended.has(claim)) return `was settled twice as delivery ${claim}, or after that was lost`;
    ended.add(claim);
  }
  return undefined;
};

/** A worker that can renew its lease keeps it. */
export const leaseIsRenewed: Rule = (life, { processes }, { leaseMs }) => {
  const sudden = life.of("expired").find(({ by, at, index }) => {
    const troubles = [...(processes.get(by)?.of("fault") ?? []), ...(processes.get(by)?.of("process") ?? [])];
    return !troubles.some((one) => one.index < index && isTrouble(one) && at - one.at <= leaseMs);
  });
  return sudden && `was taken from ${sudden.by} for dead, which lived and could be reached`;
};

const isTrouble = (entry: { readonly kind: string; readonly what: string }): boolean =>
  entry.kind === "fault" || entry.what === "crashed" || entry.what === "left";

/** Redeliveries count the deaths of workers, and nothing else. */
export const deathsAreCounted: Rule = (life, _, { exactRedeliveries }) => {
  if (!exactRedeliveries) return undefined;
  const expired = life.of("expired");
  const claims = life.of("claimed");
  const wrong = claims.find(({ message, redeliveries, index }) => {
    const before = new Set(claims.flatMap((one) => (one.message === message ? [one.claim] : [])));
    return redeliveries !== expired.filter((one) => one.index < index && before.has(one.claim)).length;
  });
  return wrong && `was delivered as redelivery ${wrong.redeliveries}, which is not how often a worker died with it`;
};

/** A worker that says that it stopped cleanly left nothing behind. */
export const cleanStop: Rule = (life, { processes }) => {
  const stoppedAt = (name: string): number =>
    processes
      .get(name)
      ?.of("process")
      .find(({ what, clean }) => what === "stopped" && clean === true)?.index ?? Infinity;
  const begun = new Set(
    life.starts.map(
      (start) => life.of("claimed").findLast((one) => one.by === start.by && one.index < start.index)?.claim,
    ),
  );
  // n.b. what was on its way to it goes back when its connection closes
  const isLeft = (one: { readonly by: string; readonly index: number; readonly claim: number }): boolean =>
    one.index > stoppedAt(one.by) && begun.has(one.claim);
  const after = [...life.of("settled"), ...life.of("expired")].find(isLeft);
  if (after !== undefined) return `was still owned by ${after.by}, which had stopped cleanly`;
  const ended = new Set([...life.ends, ...life.of("settled"), ...life.of("expired")].map(({ by }) => by));
  // n.b. what runs over its time limit, or was lost, may go on
  const isOver = (by: string): boolean => life.of("outcome").some(({ index }) => index < stoppedAt(by));
  const runs = life.starts.find(({ by }) => stoppedAt(by) < Infinity && !ended.has(by) && !isOver(by));
  return runs && `still ran in ${runs.by}, which had stopped cleanly`;
};
