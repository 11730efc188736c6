import { canFuse, type Delivery, type Fused, type ResultRecord } from "@taskgen/core/internal";
import { expect } from "vitest";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";
import type { Implementation, Participant } from "./implementation.js";
import { consume } from "./inbox.js";
import { bytes, deadline, done, message, messages, send, textsOf } from "./messages.js";
import { record, seen } from "./results/records.js";
import { type Cases, suite } from "./suite.js";

function fuse({ transport, results }: Participant): Fused {
  const fused = canFuse(transport) ? transport.fuse(results) : undefined;
  if (fused === undefined) throw new Error("transport and results of one URL and prefix must fuse");
  return fused;
}

const recordOf = ({ results }: Participant, { envelope }: Delivery, text: string): ResultRecord =>
  record(results, text, { id: envelope.id });

const finishing: Cases = {
  "stores the result and settles": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    await send(transport, message(scene.queue, "one"));
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const finish = {
      settlement: { delivery: delivery!, to: "done" },
      record: recordOf(participant, delivery!, "8"),
    } as const;
    expect(await fuse(participant).finish([finish])).toEqual(["ok"]);
    expect((await results.get([delivery!.envelope.id])).map(seen)).toEqual(["SUCCESS 8"]);
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf(await inbox.arrived(2))).toEqual(["one", "marker"]);
  },

  "tells who waits elsewhere": async (scene) => {
    const [caller, worker] = [await scene.open(), await scene.open()];
    const sent = message(scene.queue, "one");
    const waiter = caller.results.wait(sent.id, deadline());
    await send(caller.transport, sent);
    const { inbox } = await consume(worker.transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const finish = {
      settlement: { delivery: delivery!, to: "done" },
      record: recordOf(caller, delivery!, "8"),
    } as const;
    expect(await fuse(worker).finish([finish])).toEqual(["ok"]);
    expect(seen(await within("the result", waiter))).toBe("SUCCESS 8");
  },

  "stores nothing for a delivery that was lost": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    await send(transport, message(scene.queue, "one"));
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    await done(transport, [delivery!]);
    const finish = {
      settlement: { delivery: delivery!, to: "done" },
      record: recordOf(participant, delivery!, "late"),
    } as const;
    expect(await fuse(participant).finish([finish])).toEqual(["lost"]);
    expect(await results.get([delivery!.envelope.id])).toEqual([undefined]);
  },

  "settles, and keeps the first record": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    await send(transport, message(scene.queue, "one"));
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    await results.put([{ ...recordOf(participant, delivery!, "first"), state: "REVOKED" }]);
    const finish = {
      settlement: { delivery: delivery!, to: "done" },
      record: recordOf(participant, delivery!, "late"),
    } as const;
    expect(await fuse(participant).finish([finish])).toEqual(["ok"]);
    expect((await results.get([delivery!.envelope.id])).map(seen)).toEqual(["REVOKED first"]);
  },

  "finishes each in its way, with or without a record": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    await send(transport, ...messages(scene.queue, 4));
    const { inbox, subscription } = await consume(transport, scene.queue, 4);
    const [a, b, c, d] = await inbox.arrived(4);
    await subscription.stop();
    const outcomes = await fuse(participant).finish([
      { settlement: { delivery: a!, to: "done" } },
      { settlement: { delivery: b!, to: "retry", next: { ...b!.envelope, body: bytes("m1 again") } } },
      {
        settlement: { delivery: c!, to: "dead", reason: "bad" },
        record: { ...recordOf(participant, c!, "bad"), state: "REJECTED" },
      },
      { settlement: { delivery: d!, to: "release" } },
    ]);
    expect(outcomes).toEqual(["ok", "ok", "ok", "ok"]);
    const stored = await results.get([a!, b!, c!, d!].map(({ envelope }) => envelope.id));
    expect(stored.map(seen)).toEqual([undefined, undefined, "REJECTED bad", undefined]);
    const rest = await consume(transport, scene.queue, 4);
    expect(textsOf(await rest.inbox.arrived(2)).toSorted()).toEqual(["m1 again", "m3"]);
  },

  "finishes a batch of 1,000, and none": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    const batch = messages(scene.queue, 1_000);
    await send(transport, ...batch);
    const { inbox } = await consume(transport, scene.queue, 1_000);
    const all = await inbox.arrived(1_000);
    const finishes = all.map((delivery) => ({
      settlement: { delivery, to: "done" as const },
      record: recordOf(participant, delivery, "x"),
    }));
    expect(await fuse(participant).finish(finishes)).toEqual(all.map(() => "ok"));
    expect((await results.get(batch.map(({ id }) => id))).every((one) => one !== undefined)).toBe(true);
    expect(await fuse(participant).finish([])).toEqual([]);
  },

  "recognises an id whose result is stored": async (scene) => {
    const participant = await scene.open();
    const { transport } = participant;
    if (!transport.caps.dedupe) return;
    const sent = message(scene.queue, "one");
    await send(transport, sent);
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const finish = {
      settlement: { delivery: delivery!, to: "done" },
      record: recordOf(participant, delivery!, "8"),
    } as const;
    await fuse(participant).finish([finish]);
    expect(await transport.send([sent], deadline())).toEqual(["duplicate"]);
  },

  "does not fuse with results of another prefix": async (scene) => {
    const [here, there] = [await scene.open(), await scene.open(namespace("p"))];
    expect(canFuse(here.transport) && here.transport.fuse(there.results)).toBe(undefined);
  },
};

/** What a transport that can fuse with the results of its store must do. */
export function fusedSuite(implementation: Implementation): void {
  suite("fused", implementation, { finishing });
}
