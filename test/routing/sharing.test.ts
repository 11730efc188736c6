import { setTimeout as nap } from "node:timers/promises";
import { task } from "@taskgen/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { Scene } from "../engine/scene.js";
import { deferred } from "../support/deferred.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { brokers, depthOf, Endings, registryOf } from "./scene.js";

/** Sends `count` calls of a task to the queue of the same name. */
async function fill(scene: Scene, name: string, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => scene.app.sendUnchecked(name, [], { queue: name })));
}

/** Something that is counted while it goes on. */
class Running {
  now = 0;
  most = 0;

  during(what: () => Promise<unknown>): () => Promise<void> {
    return async () => {
      this.most = Math.max(this.most, ++this.now);
      await what();
      this.now--;
    };
  }
}

describe.each(brokers)("the queues of a worker on $name", (place) => {
  expectNothingLeftRunning();

  it("get their share by weight while both have work", async () => {
    const scene = await Scene.open(place);
    await Promise.all([fill(scene, "heavy", 1_500), fill(scene, "light", 1_500)]);
    const worker = scene.newWorker({
      registry: registryOf({ heavy: task(() => nap(4)), light: task(() => nap(4)) }),
      queues: ["light", { name: "heavy", weight: 3 }],
      concurrency: 8,
    });
    const ends = new Endings(worker);
    await worker.start();
    await ends.reached("heavy", 1_500);
    // 3:1 would be 500, in turn 1,500
    expect(ends.of("light")).toBeGreaterThan(300);
    expect(ends.of("light")).toBeLessThan(850);
  });

  it("may be many, and be sent to in one tick", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const scene = await Scene.open(place);
    const queues = Array.from({ length: 20 }, (_, i) => `q${i}`);
    await Promise.all(queues.map((queue) => scene.app.sendUnchecked("one", [], { queue })));
    const worker = scene.newWorker({ registry: registryOf({ one: task(() => 1) }), queues });
    const ends = new Endings(worker);
    await worker.start();
    await ends.reached("one", queues.length);
    expect(warnings).toEqual([]);
  }, 60_000);

  it("do not wait behind one that is full of slow tasks", async () => {
    const scene = await Scene.open(place);
    await fill(scene, "bulk", 2_000);
    const worker = scene.newWorker({
      registry: registryOf({ bulk: task(() => nap(25)), mail: task(() => nap(1)) }),
      queues: ["bulk", "mail"],
      concurrency: 4,
    });
    const ends = new Endings(worker);
    await worker.start();
    await ends.reached("bulk", 40);
    await fill(scene, "mail", 30);
    const before = ends.of("bulk");
    await ends.reached("mail", 30);
    expect(ends.of("bulk") - before).toBeLessThan(400);
  });

  it("are held to their concurrency, while others use what that leaves", async () => {
    const scene = await Scene.open(place, { queues: { narrow: { concurrency: 2 } } });
    await Promise.all([fill(scene, "narrow", 60), fill(scene, "early", 30), fill(scene, "wide", 100)]);
    const [narrow, early, wide] = [new Running(), new Running(), new Running()];
    const worker = scene.newWorker({
      registry: registryOf({
        narrow: task(narrow.during(() => nap(2))),
        early: task(
          { ack: "early" },
          early.during(() => nap(2)),
        ),
        wide: task(wide.during(() => nap(2))),
      }),
      queues: ["narrow", { name: "early", concurrency: 3 }, "wide"],
      concurrency: 10,
    });
    const ends = new Endings(worker);
    await worker.start();
    await Promise.all([ends.reached("narrow", 60), ends.reached("early", 30), ends.reached("wide", 100)]);
    expect([narrow.most, early.most]).toEqual([2, 3]);
    expect(wide.most).toBeGreaterThan(3);
  });

  it("keep what is acknowledged early at the broker until the worker has room", async () => {
    const scene = await Scene.open(place);
    await fill(scene, "early", 200);
    const [gate, begun] = [deferred(), new Running()];
    const worker = scene.newWorker({
      registry: registryOf({
        early: task(
          { ack: "early" },
          begun.during(() => gate.promise),
        ),
      }),
      queues: ["early"],
      concurrency: 4,
    });
    const ends = new Endings(worker);
    await worker.start();
    const settled = async (): Promise<boolean> => {
      const { waiting, owned } = await depthOf(scene, "early");
      return begun.now === 4 && owned === 0 && waiting === 196;
    };
    await eventually(settled, { what: "only what runs is acknowledged" });
    gate.resolve();
    await ends.reached("early", 200);
  });

  it("get back what waits in a worker whose tasks became slow", async () => {
    const scene = await Scene.open(place);
    const [gate, slow] = [deferred(), new Running()];
    const worker = scene.newWorker({
      registry: registryOf({ quick: task(() => 1), slow: task(slow.during(() => gate.promise)) }),
      queues: ["quick"],
      concurrency: 2,
    });
    const ends = new Endings(worker);
    await fill(scene, "quick", 3_000);
    await Promise.all(Array.from({ length: 100 }, () => scene.app.sendUnchecked("slow", [], { queue: "quick" })));
    await worker.start();
    // n.b. the order is not strict: some of the quick ones may be among those that wait
    const released = async (): Promise<boolean> => {
      const { waiting, owned } = await depthOf(scene, "quick");
      return slow.now === 2 && owned === 2 && waiting === 3_098 - ends.of("quick");
    };
    await eventually(released, { what: "only what runs is owned" });
    gate.resolve();
    await Promise.all([ends.reached("slow", 100), ends.reached("quick", 3_000)]);
  });
});
