/**
 * Bugs that a transport, a result backend or an engine could have, each switched on alone to see that the checks find it. The
 * sentence says what is broken.
 */
export const MUTANTS = {
  "settle-not-fenced": "who lost a delivery settles it all the same",
  "ack-before-result": "a delivery is settled before its result is stored",
  "retry-not-atomic": "a retry drops the message, and puts the next one in its place only later",
  "lease-not-renewed": "the lease of a living worker runs out",
  "batch-dropped-on-close":
    "settlements are told to be done while they wait, and are dropped when the connection closes",
  "duplicate-not-recognised": "a message that is sent again is stored again",
  "release-counts": "a message that was handed back counts as redelivered",
  "late-record-overwrites": "a later result takes the place of the first one",
  "eta-ignored": "a message is delivered before it is due",
  "wait-not-repeated": "a wait for a result does not look again after a reconnect",
  "sent-before-stored": "a call is told to be sent before the broker has it",
  "outcomes-swapped": "the outcomes of a batch come back in the wrong order",
  "results-swapped": "results that are looked up together come back in the wrong order",
  "expiry-not-counted": "the death of a worker is not counted",
  "settle-not-repeated": "a settlement that failed for now is given up",
  "stored-result-not-seen": "a redelivered task is run although it has ended",
  "marks-lost": "revocations are not kept for workers that start later",
  "uncertain-told-certain": "a send whose effect is unknown is told to have had none",
  "held-message-dropped": "what is to wait for its limit is told to wait, and is dropped",
  "slot-given-twice": "one slot more than a limit allows is given",
  "slot-never-left": "a slot stays taken when its task is over",
  "slot-not-renewed": "slots of tasks that run for long are given to others",
  "turn-given-twice": "a turn is handed out again although it was taken",
  "pace-too-fast": "starts follow each other sooner than a rate allows",
  "swap-not-atomic": "a register is looked at first, and written only later",
  "claim-never-helped": "a call that was claimed and never sent is told to be sent",
  "rerun-items-not-recognised": "items of a task that runs again are stored again",
  "page-removed-at-once": "items are removed when they are sent to the reader, who may not get them",
  "death-not-told": "who gets a message is not told that workers died with it",
  "progress-told-early": "what a task reports is told to be stored before it is",
} as const;

export type Mutant = keyof typeof MUTANTS;
