import { CANVAS, type CeleryTests } from "./celery-tests.js";

const where = "not tested by Celery";

/** What it does not test. */
export const untested: readonly CeleryTests[] = [
  {
    no: "a",
    where,
    tests: ["SIGKILL of a whole worker with queued, prefetched and running tasks"],
    faults: ["F1", "F1b"],
    ours: { "e2e/worker-killed.test.ts": ["lose no task: 1,000 tasks, two workers"] },
  },
  {
    no: "b",
    where,
    tests: ["malformed messages on every transport"],
    faults: ["F26"],
    ours: {
      "engine/engine.test.ts": ["makes dead letters of hostile messages, and goes on"],
      "engine/headers.test.ts": ["makes dead letters of those that are not what this project writes"],
      "amqp/queues.test.ts": ["without a usable id are dead letters with a reason, and hold up nothing"],
    },
  },
  {
    no: "c",
    where,
    tests: ["a crash between the broker's pop and the record of the lease"],
    faults: ["F33"],
    ours: {
      "redis/repeating.test.ts": ["fetches the same batch again"],
      "redis/late.test.ts": ["finds the message that was taken for nobody"],
    },
  },
  {
    no: "d",
    where,
    tests: ["a task longer than its lease", "an ETA later than the lease"],
    faults: ["F14b", "F6", "F6b"],
    ours: { "conformance/transport/delaying.ts": ["does not deliver at once what is due in 30 days"] },
  },
  {
    no: "e",
    where,
    tests: ["100,000 tasks with an ETA: bounded memory, shared by new workers"],
    ours: {
      "e2e/delayed.test.ts": [
        "100,000 tasks that are due in an hour wait in the broker and not in the memory of a worker",
      ],
    },
  },
  {
    no: "f",
    where,
    tests: ["a Redis that restarts, fails over, is full, evicts, forgets scripts, or stands still"],
    faults: ["F8", "F10", "F11", "F7"],
    ours: {
      "redis/faults.test.ts": [
        "rejects a send at its deadline while the server is stopped, and goes on when it continues",
      ],
      "redis/full.test.ts": ["is emptied by a worker that comes then"],
      "redis/settings.test.ts": ["refuses a server that may throw tasks away, unless it is allowed"],
      "redis/sentinel.test.ts": ["goes on with the new master"],
    },
  },
  {
    no: "g",
    where,
    tests: ["a RabbitMQ that blocks, times out, cancels, closes channels, restarts, refuses, or returns"],
    faults: ["F9", "F7"],
    ours: {
      "amqp/broker-faults.test.ts": ["takes nothing while it is short of memory, and all that waited afterwards"],
      "amqp/faults.test.ts": [
        "a queue deleted while it is consumed is made again, and its deliveries are lost",
        "a publishing channel closed under load loses nothing",
        "a message that no queue takes is told, and the queue made again by the next attempt",
      ],
    },
  },
  {
    no: "h",
    where,
    tests: ["publishing while the broker is down"],
    faults: ["F8"],
    ours: {
      "redis/faults.test.ts": ["says for certain that nothing was sent when there was no connection at all"],
      "amqp/faults.test.ts": ["bounds what waits for a connection"],
    },
  },
  {
    no: "i",
    where,
    tests: ["a result backend that is down or slow while the broker is up"],
    ours: { "engine/unfused.test.ts": ["settles only what is stored, and tries again until it is"] },
  },
  {
    no: "j",
    where,
    tests: ["a result that comes while its reader reconnects"],
    faults: ["F9", "F7"],
    ours: { "redis/repeating.test.ts": ["finds a result that was told while nobody listened"] },
  },
  {
    no: "k",
    where,
    tests: ["revoked before delivery, while waiting, while running, with all workers down, after a restart"],
    ours: {
      "cancel/waiting.ts": ["before it is sent", "for a retry", "with no worker up, and then one starts"],
      "cancel/running.ts": ["it runs on when its worker stops"],
      "cancel/lasting.ts": ["after a restart of the worker"],
    },
  },
  {
    no: "l",
    where,
    tests: ["two schedulers, a scheduler that dies, daylight saving, jumping clocks"],
    none: "no schedules yet: they are not part of taskgen today",
  },
  {
    no: "m",
    where,
    tests: ["a rate limit over several workers"],
    ours: { "limits/limits.test.ts": ["starts no more tasks than their rate allows, and all of them"] },
  },
  {
    no: "n",
    where,
    tests: ["blocked event loops, leaked rejections, process.exit(), memory that runs out, hard limits"],
    faults: ["F2b", "F3", "F3b", "F3c", "F4", "F4b", "F5", "F6", "F6b"],
  },
  {
    no: "o",
    where,
    tests: ["chord members that come twice, or never"],
    none: CANVAS,
  },
  {
    no: "p",
    where,
    tests: ["SIGTERM in a burst, twice, and while the broker is down"],
    faults: ["F28", "F28b", "F28d"],
  },
  {
    no: "q",
    where,
    tests: ["mixed versions and languages in one cluster"],
    faults: ["F45", "F45b"],
    ours: { "engine/headers.test.ts": ["parks a message of another version, whatever else its header holds"] },
    none: "no dialect of Celery's messages today",
  },
  { no: "r", where, tests: ["a soak: nothing that is held grows"], faults: ["F32"] },
];
