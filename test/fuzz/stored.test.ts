import { createApp } from "@taskgen/core";
import { internalsOf, openSealer } from "@taskgen/core/internal";
import * as fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
// what the packages keep to themselves
import { read as readAmqp } from "../../packages/core/dist/transports/amqp/properties.js";
import { recordOf } from "../../packages/core/dist/transports/amqp/reply-message.js";
import { packMessage, unpackMessage } from "../../packages/core/dist/transports/redis/message-format.js";
import {
  packEvent,
  packRecord,
  unpackEvent,
  unpackNotices,
  unpackRecord,
} from "../../packages/core/dist/transports/redis/record-format.js";
import { KEYS } from "../security/secured-scene.js";
import { namespace } from "../support/namespace.js";
import { fuzz, read } from "./fuzz.js";
import { mutated, mutatedJson } from "./mutate.js";

const bytes = (text: string): Buffer => Buffer.from(text);
const envelope = {
  id: "id",
  queue: "q",
  priority: 4,
  eta: 1,
  expires: 2,
  replyTo: "reply:ä",
  body: bytes('{"v":1}\n[1]'),
};
const record = { id: "id", state: "SUCCESS", body: bytes("8"), replyTo: "reply", ttlMs: 60_000 } as const;

describe("fuzz: what Redis holds", () => {
  it("messages", async () => {
    await fuzz(
      mutated([packMessage(envelope), packMessage({ id: "id", queue: "q", priority: 0, body: bytes("\n") })]),
      (raw) => {
        const { envelope: message, redeliveries } = unpackMessage(raw, "q");
        expect(message.id).toMatch(/^[\x21-\x7e]{0,36}$/);
        for (const time of [message.eta ?? 0, message.expires ?? 0]) expect(time).not.toBeNaN();
        expect(redeliveries).toBeGreaterThanOrEqual(0);
        expect(message.priority).toBeGreaterThanOrEqual(0);
      },
    );
  });

  it("results, events, and what clients are told of results", async () => {
    const packed = packRecord(record);
    await fuzz(mutated([packed]), (raw) => unpackRecord("id", raw));
    const event = packEvent({ id: "id", state: "PROGRESS", body: bytes("1"), ttlMs: 1 }, "nonce");
    await fuzz(mutated([Buffer.concat([bytes("1 "), event])]), (raw) => unpackEvent("id", raw));
    const told = Buffer.concat([bytes(`id ${packed.length}\n`), packed, bytes("other -1\n")]);
    const together = Buffer.concat([bytes(` id other\n${packed.length},${packed.length},\n`), packed, packed]);
    await fuzz(mutated([told, together]), (raw) => {
      for (const { id, record: one } of unpackNotices(raw)) expect(one?.id ?? id).toBe(id);
    });
  });
});

describe("fuzz: what RabbitMQ holds", () => {
  const message = {
    content: bytes('{"v":1}\n[1]'),
    fields: { redelivered: true },
    properties: {
      ...{ messageId: "id", type: "SUCCESS 60000", priority: 4, replyTo: "reply" },
      headers: {
        ...{ "taskgen-eta": 1, "taskgen-expires": 2, "taskgen-redeliveries": 1, "taskgen-rest": 5 },
        ...{ "x-delivery-count": 1, "x-death": [{ reason: "rejected", time: { value: 1 } }] },
      },
    },
  };

  it("messages and replies", async () => {
    await fuzz(mutatedJson([message.properties]), (properties) => {
      // n.b. the client always makes an object of them
      if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return;
      const foreign = { ...message, properties } as never;
      const {
        envelope: { id, priority },
        redeliveries,
        restMs,
      } = readAmqp(foreign, "q", () => "made-up");
      expect(id).toMatch(/^[\x21-\x7e]{1,36}$/);
      for (const count of [priority, redeliveries, restMs]) expect(count).toBeGreaterThanOrEqual(0);
      recordOf(foreign);
    });
  });
});

describe("fuzz: what is sealed", () => {
  const CODES = ["SIGNATURE_INVALID", "ENCRYPTION_INVALID"];
  const place = { purpose: "result", id: "id", part: "SUCCESS" } as const;

  it.each([
    ["signed", { signing: KEYS.signing }],
    ["encrypted", { encryption: KEYS.encryption }],
    ["both", KEYS],
  ])("bodies, %s: nothing but what was sealed is opened", async (_name, security) => {
    const sealer = (await openSealer(security, "p"))!;
    const sealed = sealer.sealBody(place, bytes("8"));
    await fuzz(mutated([sealed]), (raw) => {
      const opened = read(() => sealer.openBody(place, raw), CODES);
      // n.b. the head may be written in other ways, what it seals may not
      if (opened !== undefined) expect(Buffer.from(opened).toString()).toBe("8");
    });
  });

  it("results of calls", async () => {
    const app = createApp({ broker: `memory:${namespace()}`, security: KEYS });
    onTestFinished(() => app.close());
    const { results, sealer } = await internalsOf(app).connection();
    const body = sealer!.sealBody(place, bytes("8"));
    let calls = 0;
    await fuzz(fc.oneof(mutated([body])), async (raw) => {
      const id = `call-${++calls}`;
      await results.put([{ id, state: "SUCCESS", body: raw, ttlMs: 60_000 }]);
      // n.b. even the true body is that of another call
      await expect(app.result(id).get()).rejects.toMatchObject({ code: "RESULT_FORGED" });
      await results.forget([id]);
    });
  });
});
