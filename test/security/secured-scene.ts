import type { AppOptions, KeyOptions } from "@taskgen/core";
import { decodeMessage, internalsOf, joinMessage, type Envelope, type Header } from "@taskgen/core/internal";
import { consumeAndSettle } from "../conformance/inbox.js";
import { Scene, type Place } from "../engine/scene.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { security } from "./fixtures/keys.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

/** The keys of all apps of these tests that do not say otherwise. */
export const KEYS = security as { readonly signing: KeyOptions; readonly encryption: KeyOptions };

/** A scene whose app has keys. */
export const securedScene = (place: Place, options: AppOptions = {}): Promise<Scene> =>
  Scene.open(place, { security: KEYS, ...options });

/** Its worker; `inline` runs tasks with the app of the scene itself, others with that of the registry. */
export const securedWorker = (scene: Scene) => scene.worker({ registry });

/** Takes the next message out of the queue before any worker sees it. */
export async function intercept(scene: Scene, queue = "default"): Promise<Envelope> {
  const { transport } = await internalsOf(scene.app).connection();
  const { inbox, subscription } = await consumeAndSettle(transport, queue, 1);
  const [delivery] = await inbox.arrived(1);
  await within("the end of the consumer", subscription.stop());
  return delivery!.envelope;
}

/** Puts a message into its queue as it is. */
export async function inject(scene: Scene, envelope: Envelope): Promise<void> {
  const { transport } = await internalsOf(scene.app).connection();
  const [outcome] = await transport.send([envelope], AbortSignal.timeout(20_000));
  if (outcome instanceof Error) throw outcome;
}

/** The same with another header. */
export function withHeader(envelope: Envelope, change: (header: Header) => object): Envelope {
  const { header, args } = decodeMessage(envelope.body);
  return { ...envelope, body: joinMessage(change(header) as Header, args) };
}

export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
