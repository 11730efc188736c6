import type { AnyApp } from "@taskgen/core";
import { canInspect, internalsOf, type Inspect } from "@taskgen/core/internal";
import { eventually } from "../support/eventually.js";

/** The transport of an app, as one that tells what it holds. */
export async function inspectorOf(app: AnyApp): Promise<Inspect> {
  const { transport } = await internalsOf(app).connection();
  if (!canInspect(transport)) throw new Error("cannot be inspected");
  return transport;
}

/** The reasons of a queue's dead letters by their ids, once there are `count`: where two stores are involved results come first. */
export async function deadLetters(app: AnyApp, queue: string, count: number): Promise<Map<string, string>> {
  const inspector = await inspectorOf(app);
  const probe = async (): Promise<Map<string, string> | undefined> => {
    const dead = await inspector.dead(queue, 1_000);
    return dead.length < count ? undefined : new Map(dead.map(({ envelope, reason }) => [envelope.id, reason]));
  };
  return eventually(probe, { what: `${count} dead letters` });
}
