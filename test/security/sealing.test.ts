import { access } from "node:fs/promises";
import { join } from "node:path";
import { TaskError } from "@taskgen/core";
import { decodeMessage, internalsOf } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { deadLetters } from "../contract-run/dead-letters.js";
import { nextEvent, pairs, places } from "../engine/scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { inject, intercept, securedScene, securedWorker, textOf, withHeader } from "./secured-scene.js";

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

describe.each([...places, ...pairs])("signed and encrypted tasks: $name", (place) => {
  expectNothingLeftRunning();

  it("run, fail, are retried and told of, with retries keeping their seals", async () => {
    const scene = await securedScene(place);
    await securedWorker(scene);
    const { app } = scene;
    expect(await app.sendUnchecked("greet", ["Ann"]).get({ timeout: "60s" })).toBe("hello Ann");
    expect(await app.sendUnchecked("flaky", [2]).get({ timeout: "60s" })).toBe(2);
    expect(await app.sendUnchecked("add", [1, 2], { countdown: "20ms", expires: "1h" }).get({ timeout: "60s" })).toBe(
      3,
    );
    const boom = await app
      .sendUnchecked("boom", [])
      .get({ timeout: "60s" })
      .catch((error: unknown) => error);
    expect(boom).toBeInstanceOf(TaskError);
    expect(boom).toMatchObject({ code: "TASK_FAILURE", remote: { name: "RangeError", message: "boom" } });
    const limited = app.sendUnchecked("limited", []).get({ timeout: "60s" });
    await expect(limited).rejects.toMatchObject({ code: "TIME_LIMIT_EXCEEDED" });
    const ignored = app.sendUnchecked("silent", []).get({ timeout: "60s" });
    await expect(ignored).rejects.toMatchObject({ code: "TASK_IGNORED" });
  });

  it("are revoked", async () => {
    const scene = await securedScene(place);
    const worker = await securedWorker(scene);
    const started = nextEvent(worker, "task-started");
    const call = await scene.app.sendUnchecked("stubborn", []);
    await started;
    const revoked = nextEvent(worker, "task-revoked");
    await call.revoke();
    await expect(call.get({ timeout: "60s" })).rejects.toMatchObject({ code: "TASK_REVOKED" });
    await revoked;
  });

  it("show neither arguments nor results to those without keys", async () => {
    const scene = await securedScene(place);
    const call = await scene.app.sendUnchecked("greet", ["the-secret"]);
    const envelope = await intercept(scene);
    expect(textOf(envelope.body)).not.toContain("the-secret");
    expect(decodeMessage(envelope.body).header).toMatchObject({ task: "greet", kid: "2026a", enc: "new" });
    await inject(scene, envelope);
    await securedWorker(scene);
    expect(await call.get({ timeout: "60s" })).toBe("hello the-secret");
    const { results } = await internalsOf(scene.app).connection();
    const [record] = results.caps.foreignReads ? await results.get([call.id]) : [];
    if (record !== undefined) expect(textOf(record.body)).not.toContain("the-secret");
  });

  it("do not run when they were changed, or written without a key", async () => {
    const scene = await securedScene(place);
    const file = join(await tempDir(), "touched");
    const other = await scene.app.sendUnchecked("greet", ["somebody else"]);
    const innocent = await intercept(scene);
    const call = await scene.app.sendUnchecked("touch", [file]);
    const envelope = await intercept(scene);
    const { args } = decodeMessage(innocent.body);
    await inject(scene, { ...envelope, body: Buffer.concat([headOf(envelope.body), args]) });
    const unsigned = withHeader(innocent, ({ kid: _, sig: __, ...rest }) => ({ ...rest, task: "touch" }));
    await inject(scene, unsigned);
    await securedWorker(scene);
    for (const result of [call, other]) {
      await expect(result.get({ timeout: "60s" })).rejects.toMatchObject({
        code: "SIGNATURE_INVALID",
        state: "REJECTED",
      });
    }
    expect(await exists(file)).toBe(false);
    const reasons = await deadLetters(scene.app, "default", 2);
    expect([...reasons.values()]).toEqual(["SIGNATURE_INVALID", "SIGNATURE_INVALID"]);
  });
});

const headOf = (body: Uint8Array): Uint8Array => body.subarray(0, body.indexOf(0x0a) + 1);
