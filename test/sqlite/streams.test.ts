import { join } from "node:path";
import { canStream, createId } from "@taskgen/core/internal";
import { expect, it } from "vitest";
import { bytes, textOf } from "../conformance/messages.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

expectNothingLeftRunning();

it("a reader on SQLite sees what is stored in the very tick in which it begins to wait", async () => {
  const { results } = await openBoth(`sqlite:${join(await tempDir(), "tasks.db")}`);
  if (!canStream(results)) throw new Error("it passes on no streams");
  for (let ticks = 0; ticks < 60; ticks++) {
    const id = createId();
    const pulled = results.pull({ id, after: 0, maxItems: 10, maxBytes: 1_000 }, AbortSignal.timeout(30_000));
    // n.b. answered with the reader's first look; one of these steps later the reader begins to listen
    await results.push({ id: createId(), first: 1, items: [bytes("other")], ends: false, ttlMs: 60_000 });
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    await results.push({ id, first: 1, items: [bytes("item")], ends: false, ttlMs: 60_000 });
    const { items } = await within("the item", pulled);
    expect(items.map(textOf)).toEqual(["item"]);
  }
});
