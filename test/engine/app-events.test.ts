import type { App, AppEvents, Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { places, Scene } from "./scene.js";

const place = places[0]!;

/** What an app tells from now on, in order. */
function listen(app: App): unknown[] {
  const told: unknown[] = [];
  app.on("published", ({ id, task }) => told.push(["published", task, id]));
  app.on("publish-failed", ({ id, task, error }) => told.push(["failed", task, id, (error as { code?: string }).code]));
  return told;
}

const told = (list: readonly unknown[], count: number): Promise<true> =>
  eventually(() => list.length >= count, { what: `${count} events` });

describe("events of an app", () => {
  expectNothingLeftRunning();

  it("tell what the broker has, and what it has not", async () => {
    const { app } = await Scene.open(place);
    const list = listen(app);
    const good = await app.sendUnchecked("add", [1, 1]);
    const bad = app.sendUnchecked("add", [() => 1]);
    await expect(bad).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
    await told(list, 2);
    expect(list).toEqual([
      ["published", "add", good.id],
      ["failed", "add", bad.id, "NOT_SERIALIZABLE"],
    ]);
  });

  it("tell of each call of a list, of all when none was sent", async () => {
    const { app } = await Scene.open(place);
    const list = listen(app);
    const add = stub<Stub<unknown[], number>>(app, "add");
    const good = add.delayMany([[1], [2]]);
    await good;
    const bad = add.delayMany([[1], [() => 1]]);
    await expect(bad).rejects.toThrow(AggregateError);
    await told(list, 4);
    expect(list).toEqual([
      ...good.ids.map((id) => ["published", "add", id]),
      ["failed", "add", bad.ids[0], undefined],
      ["failed", "add", bad.ids[1], "NOT_SERIALIZABLE"],
    ]);
  });

  it("tell how the connections are", async () => {
    const { app } = await Scene.open(place);
    const states: AppEvents["state"][] = [];
    const stop = app.on("state", (state) => states.push(state));
    await app.connect();
    expect(states.map(({ side, status }) => [side, status])).toEqual([
      ["broker", "up"],
      ["backend", "up"],
    ]);
    stop();
    stop();
  });

  it("keep from calls what a listener throws", async () => {
    const errors: Error[] = [];
    const { app } = await Scene.open(place, { onError: (error) => errors.push(error) });
    app.on("published", () => {
      throw new RangeError("the listener is wrong");
    });
    await expect(app.sendUnchecked("add", [1, 1])).resolves.toBeDefined();
    await told(errors, 1);
    expect(errors).toMatchObject([
      { message: "a listener of published threw", cause: { message: "the listener is wrong" } },
    ]);
  });
});
