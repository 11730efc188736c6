import { describe, expect, it } from "vitest";
import { checkHistory, type CheckOptions } from "../support/history/check.js";
import type { HistoryEntry } from "../support/history/entries.js";

const LIMITED = { concurrency: 1, rate: undefined, keyRate: { count: 2, windowMs: 1_000 } };

const OPTIONS: CheckOptions = {
  dedupe: true,
  maxRedeliveries: 3,
  leaseMs: 1_000,
  exactRedeliveries: true,
  tellsClaims: false,
  partLeaseMs: 1_000,
  termsOf: (task) => (task === "echo" ? undefined : LIMITED),
};

type Step = HistoryEntry & { readonly at?: number };

const id = "t1";
const call = (more: object = {}): Step => ({
  ...{ kind: "call", id, task: "echo", by: "c1", early: false, maxRetries: 3, ignoreResult: false },
  ...more,
});
const sent = (how: "ok" | "certain" = "ok"): Step => ({ kind: "sent", id, how });
const start = (run: number, more: object = {}): Step => ({
  ...{ kind: "start", id, by: "w1", run, retries: 0, redeliveries: 0 },
  ...more,
});
const end = (run: number): Step => ({ kind: "end", id, by: "w1", run, value: `${id}#${run}` });
const outcome = (value: string, more: object = {}): Step => ({
  ...{ kind: "outcome", id, by: "c1", state: "SUCCESS", value },
  ...more,
});
const claimed = (claim: number, more: object = {}): Step => ({
  ...{ kind: "claimed", id, message: 1, claim, by: "w1", redeliveries: 0 },
  ...more,
});
const expired = (claim: number): Step => ({ kind: "expired", id, claim, by: "w1" });
const settled = (claim: number): Step => ({ kind: "settled", id, claim, by: "w1", to: "done" });
const done = [call(), sent(), start(1), end(1), outcome("t1#1")];
const crashed: Step = { kind: "process", by: "w1", what: "crashed" };
const stopped: Step = { kind: "process", by: "w1", what: "stopped", clean: true };

const check = (steps: readonly Step[], options: Partial<CheckOptions> = {}): string[] => {
  const rest: Step = { kind: "rest", waiting: 0, delayed: 0, owned: 0 };
  const entries = [...steps, rest].map((step) => ({ at: 0, ...step }));
  return checkHistory(entries, { ...OPTIONS, ...options }).map(({ rule }) => rule);
};

/** Two calls with one limit. */
const limited = [call({ task: "limited", key: "a" }), call({ id: "t2", task: "limited", key: "a" })];
const other = { id: "t2", run: 2 };
/** Two calls that are the same. */
const same = [call({ sameAs: "k", sameForMs: 100 }), call({ id: "t2", sameAs: "k", sameForMs: 100 })];
const both: readonly Step[] = [sent(), { kind: "sent", id: "t2", how: "ok" }];
const effect = (run: number): Step => ({ kind: "effect", id, by: "w1", run });
const item = (number: number): Step => ({ kind: "item", id, by: "c1", number });
const read = (how: string): Step => ({ kind: "read", id, by: "c1", how });
const callerCrashed: Step = { kind: "process", by: "c1", what: "crashed" };
const calm: Step = { kind: "calm" };

const GOOD: Readonly<Record<string, readonly Step[]>> = {
  "a call that comes to its value": done,
  "a call that another worker finishes": [
    ...[call(), sent(), claimed(1), start(1), crashed, expired(1), claimed(2, { by: "w2", redeliveries: 1 })],
    ...[start(2, { by: "w2", redeliveries: 1 }), end(2), outcome("t1#2")],
  ],
  "a call that was not sent": [call(), sent("certain")],
  "a call of a process that died": [call(), { kind: "process", by: "c1", what: "crashed" }],
  "an early task that died with its worker": [call({ early: true }), sent(), start(1), crashed],
  "limited calls, one after the other": [...limited, start(1), end(1), start(2, { id: "t2" }), callerCrashed],
  "a limited call whose worker is taken for dead": [
    ...[...limited, start(1), crashed, expired(1), start(2, { id: "t2" }), callerCrashed],
  ],
  "calls that are the same": [...same, ...both, { kind: "known", id: "t2", by: "c1", as: id }, ...done.slice(2)],
  "a part that runs again after a death": [...done, effect(1), crashed, effect(2)],
  "a stream": [call({ items: 2 }), ...done.slice(1, 4), item(1), item(2), read("end"), outcome("t1#1")],
  "a call without a result": [call({ ignoreResult: true }), sent(), start(1), end(1)],
};

const BAD: Readonly<Record<string, readonly [rule: string, steps: readonly Step[]]>> = {
  "two outcomes": ["oneOutcome", [...done, start(2), end(2), outcome("t1#2")]],
  "the value of another task": ["valueOfARun", [call(), sent(), start(1), end(1), outcome("t2#7")]],
  "no outcome": ["notLost", [call(), sent(), start(1), end(1)]],
  "no outcome of an early task whose worker lives": ["notLost", [call({ early: true }), sent(), start(1)]],
  "a send without an end": ["everySendEnds", [call()]],
  "a wait without an end": ["everyWaitEnds", [...done, { kind: "wait", id, by: "c2" }]],
  "a run of what was certainly not sent": ["certainMeansNever", [call(), sent("certain"), start(1)]],
  "a loss that nobody explains": [
    "lossIsExplained",
    [call(), sent(), claimed(1), outcome("WorkerLost: 4 workers died with it", { state: "FAILURE" })],
  ],
  "too many retries": ["retriesEnd", [...done, start(2, { retries: 4 })]],
  "too many redeliveries": ["redeliveriesEnd", [...done, start(2, { redeliveries: 4 })]],
  "a second run of an early task": [
    "earlyAtMostOnce",
    [call({ early: true }), sent(), start(1), end(1), start(2), outcome("t1#1")],
  ],
  "a run that is not due": ["inTime", [call({ eta: 50 }), sent(), start(1), end(1), outcome("t1#1")]],
  "a run that has expired": ["inTime", [call({ expires: 0 }), sent(), start(1), end(1), outcome("t1#1")]],
  "a run of what was revoked before its worker started": [
    "revokedForNewWorkers",
    [{ kind: "revoke", id, by: "c1", done: true }, { kind: "process", by: "w1", what: "starts" }, ...done],
  ],
  "two ends of one delivery": ["oneSettlement", [...done, claimed(1), settled(1), settled(1)]],
  "a lease that is not renewed": ["leaseIsRenewed", [...done, claimed(1), expired(1)]],
  "a release that counts": ["deathsAreCounted", [...done, claimed(1), settled(1), claimed(2, { redeliveries: 1 })]],
  "a clean stop in the middle": [
    "cleanStop",
    [call(), sent(), claimed(1), start(1), stopped, settled(1), outcome("x")],
  ],
};

const POWERS: Readonly<Record<string, readonly [rule: string, steps: readonly Step[]]>> = {
  "two runs where one is allowed": ["concurrencyKept", [...limited, start(1), start(2, { id: "t2" })]],
  "too many starts within a window": [
    "rateKept",
    [...limited, start(1), end(1), start(2, { at: 400 }), end(2), start(3, { ...other, at: 900 })],
  ],
  "a call that its limit has forgotten": [
    "nobodyForgotten",
    [...done, calm, { kind: "held", id: "t2", room: "limited" }, { ...calm, at: 200_000 }],
  ],
  "a second run of calls that are the same": [
    "oneForAKey",
    [...same, ...both, { kind: "enqueued", id, message: 1 }, { kind: "enqueued", id: "t2", message: 2 }],
  ],
  "a call that is the same as one that never ran": [
    "knownIsNotLost",
    [...same, ...both, { kind: "known", id: "t2", by: "c1", as: id }],
  ],
  "two copies that both begin": ["copiesRunOnce", [...same, sent(), start(1), start(2)]],
  "a call that an earlier one supersedes": [
    "supersededByLater",
    [call({ id: "t2" }), ...both, call(), outcome("Superseded: a later call took its place: t2", { at: 1 })].map(
      (step, i) => ({ at: i, ...step }),
    ),
  ],
  "a part that runs again": ["partsRunOnce", [...done, effect(1), effect(2)]],
  "a value that no part had": ["partsKeepTheirValue", [...done, { kind: "kept", id, by: "w1", run: 1, value: 9 }]],
  "an item that comes again": ["itemsInOrder", [call(), item(1), item(1)]],
  "a stream that ends too soon": ["streamsEnd", [call({ items: 2 }), ...done.slice(1), item(1), read("end")]],
  "a stream that fails although its task did not": ["streamsEnd", [...done, read("STREAM_READ")]],
  "a stream that is read for ever": ["streamsEnd", [...done, { kind: "reads", id, by: "c1" }]],
  "a value before the last report": [
    "lastReportFirst",
    [
      ...[...done, { kind: "report", id, by: "w1", step: 2 } as const],
      { kind: "record", id, state: "SUCCESS", outcome: "stored" },
    ],
  ],
  "a batch after a death": ["aloneAfterADeath", [...done, start(2, { redeliveries: 1, together: 2 })]],
};

const TOLD: Readonly<Record<string, readonly [rule: string, steps: readonly Step[]]>> = {
  "a run without a delivery": ["noRunWithoutDelivery", [...done, claimed(1), start(2)]],
  "two messages of one call": [
    "sentOnce",
    [...done, claimed(1), { kind: "enqueued", id, message: 1 }, { kind: "enqueued", id, message: 2 }],
  ],
  "a redelivery that runs unseen": ["notAfterItsEnd", [...done, claimed(1), start(2, { redeliveries: 1 })]],
};

describe("the checks of a history", () => {
  it.each(Object.entries(GOOD))("accept %s", (_, steps) => {
    expect(check(steps)).toEqual([]);
  });

  it.each(Object.entries({ ...BAD, ...POWERS }))("find %s", (_, [rule, steps]) => {
    expect(check(steps)).toContain(rule);
  });

  it.each(Object.entries(TOLD))("find %s, where the broker tells what it does", (_, [rule, steps]) => {
    expect(check(steps, { tellsClaims: true })).toContain(rule);
  });

  it("find what is left in the broker", () => {
    const entries = [{ at: 0, kind: "rest", waiting: 1, delayed: 0, owned: 0 }] as const;
    expect(checkHistory(entries, OPTIONS).map(({ rule }) => rule)).toEqual(["atTheEnd"]);
    expect(checkHistory([], OPTIONS).map(({ rule }) => rule)).toEqual(["atTheEnd"]);
  });
});
