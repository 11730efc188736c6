import { createCodec } from "@taskgen/core/codec";
import { createId, encodeFailure } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { bytes } from "../conformance/messages.js";
import { brokerUrl } from "../support/brokers.js";
import { copyProject, taskgen } from "../support/taskgen-command.js";
import { within } from "../support/within.js";
import { open } from "./opening.js";

const PROJECT = new URL("../cli/fixtures/project/", import.meta.url);
const value = bytes(createCodec().encode({ sum: 8, at: new Date(0) }, "result"));

describe("taskgen result, of results in a Postgres", () => {
  it("shows a value, a failure, and what comes while it waits", async () => {
    const cwd = await copyProject(PROJECT);
    const { results } = await open(brokerUrl("postgres"), { prefix: "taskgen" });
    const [good, bad, later] = [createId(), createId(), createId()];
    const result = (...args: string[]) =>
      taskgen(["result", ...args, "--result-backend", brokerUrl("postgres")], { cwd });
    await results.put([
      { id: good, state: "SUCCESS", body: value, ttlMs: 60_000 },
      { id: bad, state: "FAILURE", body: encodeFailure({ name: "HttpError", message: "503" }), ttlMs: 60_000 },
    ]);
    expect(await result(good)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^SUCCESS\n[^]*sum: 8/) as string,
    });
    expect(await result(bad)).toMatchObject({ code: 1, stdout: "FAILURE\nHttpError: 503\n" });
    expect(await result(later)).toMatchObject({ code: 1, stdout: "PENDING\n" });
    const waiting = result(later, "--wait", "--timeout", "15s");
    await results.put([{ id: later, state: "SUCCESS", body: value, ttlMs: 60_000 }]);
    expect(await within("the waiting command", waiting)).toMatchObject({ code: 0 });
  });
});
