import { describe, it } from "vitest";
import { FrameProxy } from "../amqp/frame-proxy.js";
import type { FrameName } from "../amqp/frames.js";
import { expectWithin } from "../support/budget.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { openScene, runMany, startWorker } from "./scene.js";

const TASKS = 5_000;
const IDLE_MS = 4_000;

const start = (): Promise<FrameProxy> => FrameProxy.start(brokerUrl("amqp"));

const sum = (counts: ReadonlyMap<FrameName, number>): number =>
  [...counts].reduce((total, [name, n]) => (name === "heartbeat" ? total : total + n), 0);

describe("RabbitMQ, a producer and a worker process", () => {
  it("take few frames for many tasks", async () => {
    const proxy = await start();
    const scene = await openScene(proxy.url, namespace("p"));
    await runMany(scene, TASKS);
    const [sent, received] = [new Map(proxy.sent), new Map(proxy.received)];
    await runMany(scene, TASKS);
    const perTask = (now: ReadonlyMap<FrameName, number>, before: ReadonlyMap<FrameName, number>, name: FrameName) =>
      ((now.get(name) ?? 0) - (before.get(name) ?? 0)) / TASKS;
    expectWithin("amqp.publish", perTask(proxy.sent, sent, "publish"));
    expectWithin("amqp.deliver", perTask(proxy.received, received, "deliver"));
    expectWithin("amqp.ack", perTask(proxy.sent, sent, "ack"));
    expectWithin("amqp.confirm", perTask(proxy.received, received, "ack"));
    const frames = (sum(proxy.sent) + sum(proxy.received) - sum(sent) - sum(received)) / TASKS;
    expectWithin("amqp.frames", frames - perTask(proxy.received, received, "ack"));
  }, 90_000);

  it("are silent while a worker is idle, but for heartbeats", async () => {
    const proxy = await start();
    await startWorker(proxy.url, namespace("p"));
    const [since, before] = [performance.now(), sum(proxy.sent) + sum(proxy.received)];
    await eventually(() => performance.now() - since > IDLE_MS, { every: 100 });
    const more = sum(proxy.sent) + sum(proxy.received) - before;
    expectWithin("amqp.idle", more / ((performance.now() - since) / 1_000));
  }, 60_000);
});
