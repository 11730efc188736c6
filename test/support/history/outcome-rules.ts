import { isTold } from "./entries.js";
import { isGone, type Life, type Lives } from "./lives.js";
import type { Rule } from "./check.js";

/** The first terminal outcome of an id is the outcome, for every reader at all times. */
export const oneOutcome: Rule = (life) => {
  // n.b. what is the same as another call was never sent, but can be revoked
  const told = life.outcomes.filter(({ value }) => !value.startsWith("DuplicateCall"));
  const [first, ...others] = told.map(({ state, value }) => `${state} ${value}`);
  const other = others.find((one) => one !== first);
  const records = new Set(life.of("record").flatMap((one) => (one.outcome === "stored" ? [one.index] : [])));
  if (records.size > 1) return "was stored more than once";
  return other === undefined ? undefined : `came to "${first}" for one reader and to "${other}" for another`;
};

/** A value is that of a run of this very task. */
export const valueOfARun: Rule = (life) => {
  const values = new Set(life.ends.map(({ value }) => value));
  const strange = life.outcomes.find(({ state, value }) => state === "SUCCESS" && !values.has(value));
  return strange && `came to ${strange.value}, which no run of it returned`;
};

/** What was sent comes to something. */
export const notLost: Rule = (life, lives, { dedupe }) => {
  const { call, sent, outcomes, ends } = life;
  if (call === undefined || sent !== "ok" || outcomes.some(isTold) || life.of("known").length > 0) return undefined;
  const isDone = ends.length > 0 || life.of("settled").some(({ to }) => to === "done" || to === "dead");
  if (call.ignoreResult && isDone) return undefined;
  // n.b. a retry of what may run once only is not sent again where that could make a second one
  const mayBeUnsent = !dedupe && ends.some(({ threw }) => threw !== undefined);
  if (call.early && (mayBeUnsent || diedWithItsWorker(life, lives))) return undefined;
  return "was sent, and came to nothing";
};

/** What is acknowledged before it runs may end with its worker. */
const diedWithItsWorker = (life: Life, { processes }: Lives): boolean =>
  [...life.of("claimed"), ...life.of("start")].some(({ by, index }) =>
    processes
      .get(by)
      ?.of("process")
      .some((one) => (one.what === "crashed" || one.clean === false) && one.index > index),
  );

/** Whoever calls is told whether the broker has it. */
export const everySendEnds: Rule = ({ call, sent }, lives) =>
  call === undefined || sent !== undefined || isGone(call.by, lives) ? undefined : `was never sent, nor refused`;

/** Whoever waits is told. */
export const everyWaitEnds: Rule = (life, lives) => {
  const { outcomes } = life;
  if (outcomes.length === 0) return undefined;
  const told = new Set(outcomes.map(({ by }) => by));
  const forgotten = life.of("wait").find(({ by }) => !told.has(by) && !isGone(by, lives));
  return forgotten && `came to ${outcomes[0]!.state}, but ${forgotten.by} still waits for that`;
};

/** A send that certainly had no effect had none. */
export const certainMeansNever: Rule = (life) => {
  // n.b. another call that is the same may have been sent under its id
  if (life.sent !== "certain" || life.call?.sameAs !== undefined) return undefined;
  if (life.starts.length > 0) return "ran, although it was said to be certainly not enqueued";
  return life.of("enqueued").length > 0 ? "was enqueued, although it was said to be certainly not" : undefined;
};

/** A worker is given up for lost only after it was lost more often than allowed, or when nobody may run the task again. */
export const lossIsExplained: Rule = (life, _, { maxRedeliveries }) => {
  const isLost = life.outcomes.some(({ state, value }) => state === "FAILURE" && value.startsWith("WorkerLost"));
  if (!isLost || life.call?.early === true) return undefined;
  const claims = life.of("claimed");
  // n.b. of a message that is sent again the deaths of before are in its header; one that waited for its limit is counted anew
  if (claims.length === 0 || life.of("expired").length > maxRedeliveries) return undefined;
  if (claims.some(({ redeliveries }) => redeliveries > maxRedeliveries)) return undefined;
  return "was given up, although no more workers died with it than allowed";
};
