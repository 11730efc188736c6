import { createApp } from "@taskgen/core";
import { internalsOf, type Delivery } from "@taskgen/core/internal";
import { expect, it, onTestFinished } from "vitest";
import { expectWithin } from "../support/budget.js";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";

it("a message of a task without options takes few bytes", async () => {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  await app.sendUnchecked("add", [1, 2]);
  const { transport } = await internalsOf(app).connection();
  const first = deferred<Delivery>();
  await transport.consume("default", 1, ([delivery]) => first.resolve(delivery!));
  const { envelope } = await within("the message", first.promise);
  const text = new TextDecoder().decode(envelope.body);
  expect(text).toBe('{"v":1,"task":"add"}\n[1,2]');
  expectWithin("message.bytes", envelope.body.length);
  expectWithin("message.id", envelope.id.length);
});
