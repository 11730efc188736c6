import type { Fault } from "../fault.js";

const ONE_PROCESS = { none: "the store is the process itself: what it holds ends with it" };
const OTHER_STORE = (what: string): { readonly none: string } => ({
  none: `${what} live in the store of results: beside RabbitMQ that is Redis, Postgres or SQLite`,
});

const SLOTS = {
  "limits/processes.test.ts": ["one of a key runs at a time, also when a worker is killed with it"],
};
const BATCH = {
  "batches/worker-killed.test.ts": ["loses nothing: each call ends once, those of the batch in one of their own"],
};
const GUARDS = {
  "twice/callers.test.ts": [
    "fifty of one key at once, in three processes: one run",
    "one that is killed %s its call is sent, with its key claimed",
  ],
  "twice/killed.test.ts": [
    "dedupe that drops: the others end at once, and the first runs to its end",
    "debounce: the latest runs to its end, the others do not run",
    "once: what was done is not done again",
    "once: what was being done is done by the next one",
  ],
  "twice/resent.test.ts": ["an enqueue that comes again"],
};
const STREAM = {
  "e2e/streams.test.ts": [
    "whose worker is killed in the middle gives each item once",
    "is read on by another process where the first reader has died",
  ],
};

/** What limits, streams, batches and guards promise is kept by tests of their own, with processes that are killed. */
export const features: readonly Fault[] = [
  {
    id: "F37",
    title: "a worker is killed that holds slots of a limit, and the store of the limits is restarted",
    expected: "its slots are free after the lease; nothing waits for ever, and no limit is exceeded",
    cells: {
      memory: ONE_PROCESS,
      sqlite: { tests: SLOTS },
      redis: {
        tests: { "limits/processes.test.ts": [...SLOTS["limits/processes.test.ts"], "lose nothing, and stay limits"] },
      },
      amqp: { tests: SLOTS },
    },
  },
  {
    id: "F38",
    title: "the worker of a stream is killed, its reader dies, its store is killed and comes back",
    expected: "the reader sees each item once and in order, then the end",
    cells: {
      memory: {
        tests: { "engine/streams.test.ts": ["gives each number once, whatever runs again", "goes on after an item"] },
      },
      sqlite: { tests: STREAM },
      redis: {
        tests: {
          "e2e/streams.test.ts": [
            ...STREAM["e2e/streams.test.ts"],
            "a stream on a Redis that is killed and comes back",
            "ends once",
          ],
        },
      },
      amqp: OTHER_STORE("streams"),
    },
  },
  {
    id: "F39",
    title: "a worker is killed in the middle of a batch",
    expected: "each call of the batch ends once, on its own: none is charged for the others more than once",
    cells: {
      memory: { tests: { "batches/batches.test.ts": ["lets one item that ends its thread or process end no other"] } },
      sqlite: { tests: BATCH },
      redis: { tests: BATCH },
      amqp: { tests: BATCH },
    },
  },
  {
    id: "F40",
    title:
      "callers and workers of tasks that must not run twice are killed: between claim and send, and while they run",
    expected: "the next caller has the same call run, once; what once() did is not done again",
    cells: {
      memory: { tests: { "twice/once.test.ts": ["runs a part of a task once over its retries"] } },
      sqlite: { tests: GUARDS },
      redis: { tests: GUARDS },
      amqp: { tests: GUARDS },
    },
  },
];
