// The raw producer process on RabbitMQ: publishes calls, takes the replies.
import { createId } from "@taskgen/core/internal";
import type { ConsumeMessage } from "amqplib";
import { given, serve } from "../child/serve.js";
import { argumentsOf, check } from "../taskgen/calls.js";
import { consume } from "./amqp-acknowledging.js";
import { RawChannels, REPLIES, WORK, type RawAmqpSettings } from "./amqp-channels.js";
import { decodeResult, encodeCall } from "./message.js";
import { manyCalls } from "./many.js";

const { url } = given() as RawAmqpSettings;
const channels = await RawChannels.open(url);
const results = new Map<string, unknown>();
let wanted = 0;
let wake = (): void => {};

const take = ({ properties, content }: ConsumeMessage): void => {
  results.set(properties.messageId as string, decodeResult(content));
  if (results.size >= wanted) wake();
};

await consume(channels.consuming, REPLIES, { message: take, done: async () => {} });

/** Publishes calls; their ids. */
async function publish(bodies: readonly Uint8Array[]): Promise<string[]> {
  const ids: string[] = [];
  for (const body of bodies) {
    const id = createId();
    ids.push(id);
    channels.publish(WORK, body, { messageId: id, replyTo: REPLIES });
    await channels.room();
  }
  return ids;
}

/** Publishes calls and resolves with their results. */
async function call(bodies: () => readonly Uint8Array[]): Promise<unknown[]> {
  results.clear();
  const calls = bodies();
  wanted = calls.length;
  const all = new Promise<void>((resolve) => (wake = resolve));
  const ids = await publish(calls);
  await all;
  return ids.map((id) => results.get(id));
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  const values: unknown[] = [];
  for (const args of argumentsOf(n)) {
    const start = performance.now();
    values.push(...(await call(() => [encodeCall(args)])));
    times.push(performance.now() - start);
  }
  check(values);
  return times;
}

serve({ ...manyCalls(call), oneByOne, stop: () => channels.close() });
