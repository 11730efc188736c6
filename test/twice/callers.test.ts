import type { StubOptions } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { places, Scene } from "./scene.js";

const DEDUPE: StubOptions = { dedupe: { key: "0" } };

interface Said {
  readonly ids: readonly string[];
  readonly values: readonly string[];
}

describe.each(places)("callers on $name", (place) => {
  expectNothingLeftRunning();

  it("fifty of one key at once, in three processes: one run", async () => {
    const scene = await Scene.open(place);
    scene.openGate();
    await scene.worker();
    await scene.worker();
    const callers = await Promise.all([17, 17, 16].map((count) => scene.caller({ options: DEDUPE, count })));
    for (const caller of callers) caller.write("call");
    const said = await Promise.all(
      callers.map((caller) =>
        caller.line("all results", (line) => ((line as Partial<Said>).ids ? (line as Said) : undefined)),
      ),
    );
    expect(said.flatMap(({ ids }) => ids).length).toBe(50);
    expect(new Set(said.flatMap(({ ids }) => ids)).size).toBe(1);
    expect(new Set(said.flatMap(({ values }) => values)).size).toBe(1);
    await scene.quiet();
    expect(scene.entries("begin").length).toBe(1);
  });

  it.each(["before", "after"] as const)(
    "one that is killed %s its call is sent, with its key claimed: the next one has it run, once",
    async (dies) => {
      const scene = await Scene.open(place);
      const caller = await scene.caller({ options: DEDUPE, dies });
      caller.write("call");
      await within("its end", caller.exited);
      scene.openGate();
      await scene.worker();
      const hold = scene.stub("hold", DEDUPE);
      const calls = await Promise.all([hold.delay(scene.log), hold.delay(scene.log)]);
      const values = await Promise.all(calls.map((call) => call.get({ timeout: "60s" })));
      expect(values).toEqual(calls.map(({ id }) => `end by ${id}`));
      expect(calls[0].id).toBe(calls[1].id);
      await scene.quiet();
      expect(scene.entries("begin").length).toBe(1);
    },
    60_000,
  );
});
