import type { HistoryRule, Rule } from "./check.js";
import type { Life, Lives } from "./lives.js";

/** The id under which a call's result is. */
const standsFor = (life: Life): string => life.of("known")[0]?.as ?? life.id;

/** Calls of one key that were sent. */
function sentByKey({ ids }: Lives): readonly (readonly Life[])[] {
  const groups = new Map<string, Life[]>();
  for (const life of ids.values()) {
    const key = life.call?.sameAs;
    if (key !== undefined && life.sent === "ok") groups.set(key, [...(groups.get(key) ?? []), life]);
  }
  return [...groups.values()];
}

/** Calls of one key within its time have the result of the first. */
export const oneForAKey: HistoryRule = (_, lives) =>
  sentByKey(lives).flatMap((same) =>
    same
      .filter((first) => standsFor(first) === first.id && wasSent(first))
      .flatMap((first) => same.filter((other) => other !== first && isSecond(other, first)))
      .map(({ id, call }) => ({ id, message: `ran besides another call of ${call!.sameAs}` })),
  );

/** It must have known of `first`, and has another result. */
function isSecond(other: Life, first: Life): boolean {
  const [own, its] = [times(other), times(first)];
  if (Math.max(own.sent, its.sent) - Math.min(own.called, its.called) >= first.call!.sameForMs!) return false;
  const as = standsFor(other);
  if (as === other.id) return wasSent(other);
  return as !== first.id && own.called > its.sent;
}

/** n.b. one that is not wanted has its own id, and is not sent. */
const wasSent = (life: Life): boolean => life.of("enqueued").length > 0;

const times = (life: Life): { readonly called: number; readonly sent: number } => ({
  called: life.call!.at,
  sent: life.of("sent")[0]!.at,
});

/** What another call stands for comes to what that comes to. */
export const knownIsNotLost: Rule = (life, { ids }) => {
  const known = life.of("known")[0];
  if (known === undefined) return undefined;
  const first = ids.get(known.as);
  return first === undefined || first.outcomes.length === 0
    ? `is the same as ${known.as}, which came to nothing`
    : undefined;
};

/** Of messages with one id only one begins, where all of them could be told apart. */
export const copiesRunOnce: Rule = (life, _, { dedupe }) => {
  if (!dedupe || life.call?.sameAs === undefined || life.of("unswapped").length > 0) return undefined;
  const fresh = life.starts.filter(({ retries, redeliveries }) => retries + redeliveries === 0);
  const returned = life.of("settled").filter(({ to }) => to === "release" || to === "retry");
  return fresh.length > 1 + returned.length ? `began ${fresh.length} times, each as if it were the first` : undefined;
};

/** A debounced call is left out for a later one. */
export const supersededByLater: Rule = (life, { ids }) => {
  const by = life.outcomes
    .find(({ value }) => value.startsWith("Superseded"))
    ?.value.split(" ")
    .at(-1);
  if (by === undefined) return undefined;
  const later = ids.get(by);
  if (later?.call === undefined) return `was superseded by ${by}, which is no call`;
  return (later.of("sent")[0]?.at ?? Infinity) < life.call!.at
    ? `was superseded by ${by}, which came before`
    : undefined;
};

/** A part runs again only when who ran it failed within it, died, or could not say that it runs. */
export const partsRunOnce: Rule = (life, { processes }, { partLeaseMs = 0 }) => {
  const effects = life.of("effect");
  const again = effects.find((effect, i) => {
    const before = effects[i - 1];
    if (before === undefined) return false;
    const { by, run } = before;
    const hasValue = life.of("kept").some((one) => one.run === run && one.index < effect.index);
    if (!hasValue && life.ends.some((end) => end.run === run && end.threw !== undefined)) return false;
    if (effect.at - before.at >= partLeaseMs && life.of("unswapped").some((one) => one.by === by)) return false;
    const fate = [...(processes.get(by)?.of("fault") ?? []), ...(processes.get(by)?.of("process") ?? [])];
    return !fate.some((one) => one.index < effect.index && (one.kind === "fault" || one.what === "crashed"));
  });
  return again && `ran its part again in run ${again.run}, although the first one lived`;
};

/** The value of a part is that of a run of it, and the same for all where it ran once. */
export const partsKeepTheirValue: Rule = (life) => {
  const ran = new Set(life.of("effect").map(({ run }) => run));
  const strange = life.of("kept").find(({ value }) => !ran.has(value));
  return strange && `was given ${strange.value} as the value of its part, which no run of it returned`;
};
