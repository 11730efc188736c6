import { stub } from "@taskgen/core/internal";
import type { AsyncResult, Settled, Stub } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { places, Scene } from "../engine/scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { deadLetters } from "./dead-letters.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";
import { refused, runs, type Row } from "./rows.js";

describe.each(places.filter(({ name }) => name.startsWith("memory")))("arguments on $name", (place) => {
  expectNothingLeftRunning();

  const call = async (scene: Scene, { task, hash, args }: Row): Promise<AsyncResult<unknown>> =>
    stub<Stub<unknown[], unknown>>(scene.app, task, hash === undefined ? {} : { hash }).delay(...args);
  const settle = async (scene: Scene, rows: readonly Row[]): Promise<readonly Settled<unknown>[]> => {
    const calls = await Promise.all(rows.map((row) => call(scene, row)));
    return Promise.all(calls.map((result) => result.settled({ timeout: "60s" })));
  };

  it("runs what fits", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    const settled = await settle(scene, runs);
    const values = settled.map((end, i) => [runs[i]!.title, end.ok ? end.value : end.error]);
    expect(values).toEqual(runs.map(({ title, value }) => [title, value]));
  });

  it("rejects what does not, each with its reason and as a dead letter", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    const settled = await settle(scene, refused);
    const ends = settled.map((end, i) => {
      if (end.ok || end.declared) throw new Error(`${refused[i]!.title} ran`);
      const { remote, code, state } = end.error;
      return { title: refused[i]!.title, state, code, message: remote.message, cause: remote.cause };
    });
    const wanted = refused.map(({ title, code, message, cause }) => ({
      title,
      state: "REJECTED",
      code,
      message,
      ...(cause && { cause }),
    }));
    expect(ends).toMatchObject(wanted);
    const reasons = [...(await deadLetters(scene.app, "default", refused.length)).values()];
    expect(reasons.toSorted()).toEqual(ends.map(({ code, message }) => `${code}: ${message}`).toSorted());
  });

  it("goes on after all of that", async () => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    await settle(scene, refused);
    expect(await (await call(scene, runs[0]!)).get({ timeout: "60s" })).toBe(3);
  });
});
