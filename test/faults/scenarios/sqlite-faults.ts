import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { openRaw } from "../../sqlite/raw-database.js";
import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import type { Part, Producer } from "../fleet-processes.js";
import { mountSmallDisk } from "../small-disk.js";
import { inherit } from "../heirs.js";

const NO_FILE = { none: "has no files: what it holds ends with its process" };
const A_SERVER = {
  none: "has a server, which alone uses its files; what happens when that is killed or has no room are rows of their own",
};
const ELSEWHERE = { memory: NO_FILE, redis: A_SERVER, amqp: A_SERVER } as const;

const pathOf = ({ broker }: Fleet): string => fileURLToPath(broker.url.replace("sqlite:", "file:"));

/** A producer is told for the first time that a call was refused. */
const refusal = (producer: Producer): Promise<string> =>
  producer.part.child.line("a refusal", (line) => (line as { refused?: string }).refused, 60_000);

/** The database may not grow beyond 2 MB; a producer fills it, then workers empty it while the producer goes on. */
const fillDatabase: Scenario = async (fleet) => {
  const app = { broker: `${fleet.broker.url}?max-bytes=2000000` };
  const producer = await fleet.producer({ ...app, publishTimeout: "2s" });
  await fleet.fault("the database is full", async () => {
    await producer.load({ task: "swallow", args: [], bytes: 2_000 }, 50, 50);
    expect(await refusal(producer)).toBe("NOT_ENQUEUED");
    await fleet.workers(2, { app });
  });
  await fleet.started(2_000);
  await producer.pause();
};

/** The file system that the database is on has no room for anything more, and then has again. */
const fillDisk: Scenario = async (fleet) => {
  const ballast = await mountSmallDisk(dirname(pathOf(fleet)));
  const producer = await fleet.producer({ publishTimeout: "2s" });
  await fleet.workers(2);
  await producer.load({ task: "swallow", args: [], bytes: 1_000 }, 20, 50);
  await fleet.started(200);
  await fleet.fault("the disk is full", async () => {
    ballast.fill();
    expect(await refusal(producer)).toBe("NOT_ENQUEUED");
    ballast.remove();
  });
  const before = fleet.history().filter(({ kind }) => kind === "start").length;
  await fleet.started(before + 200);
  await producer.pause();
};

/** The database is deleted under those who use it. */
const deleteDatabase: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  const [worker] = await fleet.workers(2);
  await producer.load({ task: "work", args: [5] }, 20, 50);
  await fleet.started(200);
  await fleet.fault("the files are deleted", async () => {
    for (const suffix of ["", "-wal", "-shm", "-work", "-done", "-topic"])
      rmSync(pathOf(fleet) + suffix, { force: true });
  });
  const late = await fleet.producer();
  await late.call({ task: "work", args: [5] }, 50);
  await worker!.child.line("a warning", (line) => /deleted or replaced/.test(JSON.stringify(line)) || undefined);
  await producer.pause();
  await producer.call({ task: "work", args: [5] }, 50);
};

/** Eight processes write into one file. */
const busyStorm: Scenario = async (fleet) => {
  const producers = await Promise.all(Array.from({ length: 4 }, () => fleet.producer()));
  await fleet.workers(4);
  await Promise.all(producers.map((producer) => producer.load({ task: "work", args: [1] }, 50, 20)));
  await fleet.started(5_000);
  await Promise.all(producers.map((producer) => producer.pause()));
};

/** Another process writes for ten seconds. */
const lockDatabase: Scenario = async (fleet) => {
  const app = { lease: "30s", heartbeat: "1s" } as const;
  const producer = await fleet.producer();
  await fleet.workers(2, { app });
  await producer.load({ task: "work", args: [20] }, 10, 100);
  await fleet.started(50);
  const raw = await openRaw(pathOf(fleet));
  await fleet.fault("another process holds the write lock", async () => {
    raw.exec("BEGIN IMMEDIATE");
    await delay(10_000);
    raw.exec("COMMIT");
  });
  const before = fleet.history().filter(({ kind }) => kind === "start").length;
  await fleet.started(before + 100);
  await producer.pause();
};

/** So often a worker and a producer are killed at once, whatever they are doing, and replaced. */
const killAnywhere =
  (times: number): Scenario =>
  async (fleet) => {
    const newProducer = async (): Promise<Producer> => {
      const producer = await fleet.producer();
      await producer.load({ task: "work", args: [1] }, 20, 50);
      return producer;
    };
    const workers: Part[] = await fleet.workers(2);
    const producers = [await newProducer(), await newProducer()];
    for (let i = 0; i < times; i++) {
      const begun = fleet.history().filter(({ kind }) => kind === "start").length;
      await fleet.started(begun + 20);
      await Promise.all([
        replace(
          workers,
          (one) => fleet.kill(one),
          () => fleet.worker(),
        ),
        replace(producers, ({ part }) => fleet.kill(part), newProducer),
      ]);
    }
    await Promise.all(producers.map((producer) => producer.pause()));
    await inherit(fleet);
    expect(await integrityOf(fleet)).toBe("ok");
  };

/** Kills the oldest of some processes, and starts another one. */
async function replace<T>(ones: T[], kill: (one: T) => Promise<void>, start: () => Promise<T>): Promise<void> {
  await kill(ones.shift()!);
  ones.push(await start());
}

async function integrityOf(fleet: Fleet): Promise<unknown> {
  const raw = await openRaw(pathOf(fleet));
  return (raw.prepare("PRAGMA integrity_check").get() as { readonly integrity_check: unknown }).integrity_check;
}

export const sqliteFaults: readonly Fault[] = [
  {
    id: "F20",
    title: "a SQLite database may not grow any more (max-bytes)",
    expected: "calls are refused for certain; workers empty the queue, and so make room; then calls are taken again",
    cells: { ...ELSEWHERE, sqlite: { run: fillDatabase, boundMs: 2_000 } },
  },
  {
    id: "F41",
    title: "SIGKILL of 50 processes, workers and producers, in the middle of their transactions",
    expected: "the file is whole; nothing that was taken is lost; what ran runs again",
    cells: {
      ...ELSEWHERE,
      sqlite: { run: killAnywhere(25), boundMs: 7_000, timeoutMs: 900_000 },
    },
  },
  {
    id: "F42",
    title: "another process holds the write lock for 10 s",
    expected: "calls and workers wait, and go on when it is gone; nothing runs twice",
    cells: { ...ELSEWHERE, sqlite: { run: lockDatabase, boundMs: 2_000 } },
  },
  {
    id: "F20d",
    title: "the file system of a SQLite database is full",
    expected: "calls are refused for certain; workers wait, and go on when there is room",
    cells: { ...ELSEWHERE, sqlite: { run: fillDisk, boundMs: 7_000 } },
  },
  {
    id: "F43",
    title: "the files of a SQLite database are deleted while it is used",
    expected: "every process goes on with a new file, and says so; what was in the old one is gone",
    cells: {
      ...ELSEWHERE,
      sqlite: { run: deleteDatabase, quick: true, boundMs: 2_000, mayLose: "what was in the file is gone with it" },
    },
  },
  {
    id: "F44",
    title: "eight processes write at once",
    expected: "each waits for its turn: no call is refused, nothing runs twice",
    cells: { ...ELSEWHERE, sqlite: { run: busyStorm, boundMs: 0 } },
  },
];
