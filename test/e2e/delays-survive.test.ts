import { createApp, type App, type AsyncResultWith, type UnknownExtras } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Child } from "../support/child.js";
import { RabbitServer } from "../support/rabbitmq-server.js";
import { RedisServer } from "../support/redis-server.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { readHistory } from "./history.js";
import { startWorker } from "./worker-process.js";

const TASKS = 200;

/** A place that can be taken away and comes back with what it had stored. */
interface Place {
  readonly broker: string;
  readonly takeAway: (workers: readonly Child[]) => Promise<readonly Child[]>;
}

type Start = () => Promise<Child>;

const places: Readonly<Record<string, (start: (broker: string) => Start) => Promise<Place>>> = {
  "redis, killed": async () => {
    const server = await RedisServer.start("--appendfsync", "always");
    const takeAway = async (workers: readonly Child[]): Promise<readonly Child[]> => {
      await server.kill();
      await server.restart();
      return workers;
    };
    return { broker: server.url, takeAway };
  },
  "amqp, stopped": async () => {
    const server = await RabbitServer.start();
    onTestFinished(() => server.stop());
    const takeAway = async (workers: readonly Child[]): Promise<readonly Child[]> => {
      await server.ctl("stop");
      await server.restart();
      return workers;
    };
    return { broker: server.url, takeAway };
  },
  "sqlite, all its processes killed": async (start) => {
    const broker = `sqlite:${await tempDir()}/tasks.db`;
    const takeAway = async (workers: readonly Child[]): Promise<readonly Child[]> => {
      for (const worker of workers) await worker.kill();
      return [await start(broker)()];
    };
    return { broker, takeAway };
  },
};

describe("delayed tasks survive their broker", () => {
  it.each(Object.keys(places))(
    "%s: each runs once, and none before its time",
    async (name) => {
      const history = `${await tempDir()}/history.jsonl`;
      const start =
        (broker: string): Start =>
        () =>
          startWorker(broker, history, { LEASE: "6s" });
      const { broker, takeAway } = await places[name]!(start);
      const app = createApp({ broker, onError: () => {} });
      onTestFinished(() => app.close());
      const workers = [await start(broker)()];
      const eta = new Date(Date.now() + 6_000);
      const calls = await sendDelayed(app, eta);
      const left = await takeAway(workers);
      const values = await within("every result", Promise.all(calls.map((call) => call.get())), 60_000);
      expect(values).toEqual(values.map(() => 1));
      const starts = readHistory(history).filter(({ event }) => event === "start");
      expect(starts.filter(({ at }) => at < eta.getTime())).toEqual([]);
      expect(starts.map(({ id }) => id).toSorted()).toEqual(calls.map(({ id }) => id).toSorted());
      for (const worker of left) worker.signal("SIGTERM");
      for (const worker of left) expect((await within("a clean exit", worker.exited)).code).toBe(0);
    },
    120_000,
  );
});

const sendDelayed = (app: App, eta: Date): Promise<readonly AsyncResultWith<unknown, UnknownExtras>[]> =>
  Promise.all(Array.from({ length: TASKS }, () => app.sendUnchecked("work", [1], { eta })));
