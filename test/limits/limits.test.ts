import { task } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { Scene } from "../engine/scene.js";
import { registryOf } from "../routing/scene.js";
import { deferred } from "../support/deferred.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { limitedPlaces, mostWithin } from "./scene.js";

describe.each(limitedPlaces)("limits: $name", (place) => {
  expectNothingLeftRunning();

  it("starts no more tasks than their rate allows, and all of them", async () => {
    const scene = await Scene.open(place);
    const starts: number[] = [];
    const mail = task({ rateLimit: "20/s" }, () => void starts.push(performance.now()));
    await scene.worker({ registry: registryOf({ mail }) });
    const calls = await Promise.all(Array.from({ length: 40 }, () => scene.app.sendUnchecked("mail", [])));
    await within("all of them", Promise.all(calls.map((call) => call.get())), 20_000);
    expect(starts).toHaveLength(40);
    expect(mostWithin(starts, 1_000)).toBeLessThanOrEqual(20);
  });

  it("holds up no other task of the queue", async () => {
    const scene = await Scene.open(place);
    const mail = task({ rateLimit: "1/h" }, () => {});
    const other = task(() => "done");
    const worker = await scene.worker({ registry: registryOf({ mail, other }), concurrency: 2 });
    await Promise.all(Array.from({ length: 300 }, () => scene.app.sendUnchecked("mail", [])));
    const calls = await Promise.all(Array.from({ length: 50 }, () => scene.app.sendUnchecked("other", [])));
    await within("the others", Promise.all(calls.map((call) => call.get())));
    expect(worker.health().owned).toBeLessThanOrEqual(300);
  });

  it("runs so many of a key at once, and other keys beside", async () => {
    const scene = await Scene.open(place);
    const running = new Map<string, number>();
    const most = new Map<string, number>();
    const open = deferred();
    const sync = task({ limit: { key: "0.user", concurrency: 2 } }, async ({ user }: { readonly user: string }) => {
      running.set(user, (running.get(user) ?? 0) + 1);
      most.set(user, Math.max(most.get(user) ?? 0, running.get(user)!));
      if (running.get("a") === 2 && running.get("b") === 2) open.resolve();
      await open.promise;
      running.set(user, running.get(user)! - 1);
    });
    await scene.worker({ registry: registryOf({ sync }), concurrency: 10 });
    const users = ["a", "b"].flatMap((user) => Array.from({ length: 10 }, () => ({ user })));
    const calls = await Promise.all(users.map((user) => scene.app.sendUnchecked("sync", [user])));
    await within("all of them", Promise.all(calls.map((call) => call.get())), 20_000);
    expect(Object.fromEntries(most)).toEqual({ a: 2, b: 2 });
  });
});
