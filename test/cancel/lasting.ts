import { internalsOf, REVOKE_TOPIC } from "@taskgen/core/internal";
import { expect } from "vitest";
import { faulty, over } from "../engine/faulty.js";
import { nextEvent } from "../engine/scene.js";
import { expectRevoked, type Cases } from "./cancel-scene.js";

/** Workers that did not hear of it. */
export const lasting: Cases = {
  "after a restart of the worker": async (at) => {
    const first = await at.worker({ queues: ["default"] });
    const call = await at.call("touch", [at.path("touch")], { queue: "later" });
    await at.revokeHeard([call.id]);
    await first.stop();
    await at.worker({ queues: ["default", "later"] });
    await at.discarded(call.id);
    await expectRevoked(call);
    await at.works();
    expect(at.runs("touch")).toBe(0);
  },

  "what is no notice of revocations is told, and changes nothing": async (at) => {
    const worker = await at.worker();
    const { transport } = await internalsOf(at.scene.app).connection();
    for (const text of ["{", "null", '{"ids":[1]}', '{"ids":["a"],"ttlMs":"1","terminate":true,"children":true}']) {
      const warned = nextEvent(worker, "warning");
      await transport.broadcast(REVOKE_TOPIC, new TextEncoder().encode(text));
      expect((await warned).error.cause).toMatchObject({ code: "NOT_DECODABLE" });
    }
    await at.works();
  },

  "what was missed is read when the backend is there again": async (at) => {
    const { app } = at.scene;
    let deaf = true;
    const worker = faulty(app, (connection) => ({
      ...connection,
      transport: over(connection.transport, {
        listen: (topic, onMessage) =>
          connection.transport.listen(topic, (message) => (deaf ? undefined : onMessage(message))),
      }),
    }));
    await at.worker({ app: worker });
    const call = await at.begun("cooperative", "it");
    await call.revoke();
    await expectRevoked(call);
    const link = internalsOf(app).state.events("backend", () => {});
    link.state("down", "injected");
    link.state("up");
    expect(await at.abortOf("it")).toBe("TASK_REVOKED");
    deaf = false;
    const next = await at.begun("cooperative", "next");
    await next.revoke();
    expect(await at.abortOf("next")).toBe("TASK_REVOKED");
  },
};
