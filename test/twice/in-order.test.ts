import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runScript } from "../support/run-script.js";

const script = fileURLToPath(new URL("fixtures/in-order.ts", import.meta.url));

it("of calls that a process makes in one tick, the first one claims the key; they are told of in their order", async () => {
  const plain = Array.from({ length: 60 }, (_, i) => `plain-${i}`);
  expect(await runScript(script)).toEqual({ published: [...plain, "keyed-0"], kept: ["keyed-0"] });
});
