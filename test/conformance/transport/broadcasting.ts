import type { Transport, Unlisten } from "@taskgen/core/internal";
import { expect } from "vitest";
import { namespace } from "../../support/namespace.js";
import { within } from "../../support/within.js";
import { bytes, textOf } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";

/** What one listener heard. */
class Ear {
  readonly heard: string[] = [];
  #watcher = (): void => {};

  readonly hear = (message: Uint8Array): void => {
    this.heard.push(textOf(message));
    this.#watcher();
  };

  async count(n: number): Promise<readonly string[]> {
    const enough = new Promise<void>((resolve) => {
      this.#watcher = () => void (this.heard.length >= n && resolve());
      this.#watcher();
    });
    await within(`${n} broadcasts`, enough);
    return this.heard;
  }
}

async function listen(transport: Transport, topic: string): Promise<Ear & { readonly unlisten: Unlisten }> {
  const ear = new Ear();
  return Object.assign(ear, { unlisten: await transport.listen(topic, ear.hear) });
}

export const broadcasting: Cases = {
  "reaches every listener of a topic, and only those": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    const [topic, other] = [namespace("topic"), namespace("topic")];
    const ears = [await listen(a.transport, topic), await listen(b.transport, topic), await listen(b.transport, topic)];
    const elsewhere = await listen(b.transport, other);
    await a.transport.broadcast(topic, bytes("hello"));
    for (const ear of ears) expect(await ear.count(1)).toEqual(["hello"]);
    await b.transport.broadcast(other, bytes("other"));
    expect(await elsewhere.count(1)).toEqual(["other"]);
    expect(ears.map((ear) => ear.heard)).toEqual([["hello"], ["hello"], ["hello"]]);
  },

  "keeps the order of one sender": async (scene) => {
    const [a, b] = [await scene.open(), await scene.open()];
    const topic = namespace("topic");
    const ear = await listen(b.transport, topic);
    const texts = Array.from({ length: 50 }, (_, index) => `b${index}`);
    for (const text of texts) await a.transport.broadcast(topic, bytes(text));
    expect(await ear.count(50)).toEqual(texts);
  },

  "tells nothing to who stopped listening": async (scene) => {
    const { transport } = await scene.open();
    const topic = namespace("topic");
    const [gone, there] = [await listen(transport, topic), await listen(transport, topic)];
    await gone.unlisten();
    await gone.unlisten();
    await transport.broadcast(topic, bytes("after"));
    await there.count(1);
    expect(gone.heard).toEqual([]);
  },

  "tells nothing to who closed": async (scene) => {
    const [closing, open] = [await scene.open(), await scene.open()];
    const topic = namespace("topic");
    const [gone, there] = [await listen(closing.transport, topic), await listen(open.transport, topic)];
    await close(closing);
    await open.transport.broadcast(topic, bytes("after"));
    await there.count(1);
    expect(gone.heard).toEqual([]);
  },

  "takes a broadcast that nobody hears": async (scene) => {
    const { transport } = await scene.open();
    const topic = namespace("topic");
    await transport.broadcast(topic, bytes("nobody"));
    const ear = await listen(transport, topic);
    await transport.broadcast(topic, bytes("somebody"));
    expect((await ear.count(1)).at(-1)).toBe("somebody");
  },

  "does not cross prefixes": async (scene) => {
    const [here, there] = [await scene.open(namespace("p")), await scene.open(namespace("p"))];
    const topic = namespace("topic");
    const [near, far] = [await listen(here.transport, topic), await listen(there.transport, topic)];
    await here.transport.broadcast(topic, bytes("near"));
    await near.count(1);
    await there.transport.broadcast(topic, bytes("far"));
    expect(await far.count(1)).toEqual(["far"]);
    expect(near.heard).toEqual(["near"]);
  },
};
