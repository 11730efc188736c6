import type { TaskError } from "@taskgen/core";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/wrapped-tasks.js";
import { places, Scene } from "./scene.js";

describe.each(places.filter(({ name }) => name.startsWith("memory")))("what tasks throw, on $name", (place) => {
  expectNothingLeftRunning();

  const failure = async (kind: string): Promise<TaskError> => {
    const scene = await Scene.open(place);
    await scene.worker({ registry });
    const settled = await (await scene.app.sendUnchecked("throwing", [kind])).settled({ timeout: "60s" });
    if (settled.ok || settled.declared) throw new Error("it did not fail");
    expect(settled.error).toMatchObject({ state: "FAILURE", taskName: "throwing" });
    return settled.error;
  };
  const size = (error: TaskError): number => JSON.stringify(error.remote).length;

  it("comes with its causes, stacks and names", async () => {
    const { cause } = await failure("causes");
    expect(cause).toMatchObject({
      name: "Error",
      message: "outer",
      stack: expect.stringContaining("wrapped-tasks.js"),
    });
    expect(cause).toMatchObject({ cause: { name: "TypeError", message: "middle", cause: { message: "a text" } } });
    expect((cause as Error).cause).toBeInstanceOf(Error);
  });

  it("comes with the errors of an AggregateError", async () => {
    const { cause } = await failure("aggregate");
    expect(cause).toMatchObject({ name: "AggregateError", message: "several" });
    const { errors } = cause as AggregateError;
    expect(errors).toMatchObject([{ name: "RangeError", message: "first" }, { message: "second" }]);
    expect(Object.keys(cause as object)).not.toContain("errors");
  });

  it("comes to an end where it is its own cause", async () => {
    const { remote } = await failure("circular");
    expect(remote).toMatchObject({ message: "first", cause: { message: "second" } });
    expect(remote.cause?.cause).toBeUndefined();
  });

  it("is bounded, whatever it holds", async () => {
    expect(size(await failure("wide"))).toBeLessThan(200_000);
    expect(size(await failure("huge"))).toBeLessThan(100_000);
  });

  it("may be no error at all", async () => {
    expect((await failure("text")).remote).toEqual({ name: "Error", message: "only a text" });
    expect((await failure("nothing")).remote).toEqual({ name: "Error", message: "undefined" });
    expect((await failure("object")).remote).toEqual({ name: "Error", message: '{"reason":"no error"}' });
  });

  it("keeps the code of a system's error, and what else it says", async () => {
    const error = await failure("system");
    expect(error.code).toBe("ENOENT");
    expect(error.cause).toMatchObject({ code: "ENOENT" });
    expect(error.remote.data).toContain('"syscall":"open"');
  });

  it("keeps of its own data what can travel and is not too large", async () => {
    const { data } = (await failure("partly")).remote;
    expect(data).toContain("count");
    expect(data).not.toContain("callback");
    expect(data!.length).toBeLessThan(1_000);
    expect((await failure("listed")).remote.data).toBe('{"errors":[{"path":"a"}]}');
  });
});
