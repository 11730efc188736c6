// The raw producer process on RabbitMQ: publishes calls, takes the replies.
import { createId } from "@taskgen/core/internal";
import type { ConsumeMessage } from "amqplib";
import { given, serve } from "../child/serve.js";
import { check } from "../taskgen/calls.js";
import { consume } from "./amqp-acknowledging.js";
import { RawChannels, REPLIES, WORK, type RawAmqpSettings } from "./amqp-channels.js";
import { decodeResult, encodeCall } from "./message.js";

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

/** Publishes calls `from` to `from + n - 1`; their ids. */
async function publish(n: number, from = 0): Promise<string[]> {
  const ids: string[] = [];
  for (let i = from; i < from + n; i++) {
    const id = createId();
    ids.push(id);
    channels.publish(WORK, encodeCall([i, 1]), { messageId: id, replyTo: REPLIES });
    await channels.room();
  }
  return ids;
}

/** Publishes calls and resolves with their results. */
async function call(n: number, from = 0): Promise<unknown[]> {
  results.clear();
  wanted = n;
  const all = new Promise<void>((resolve) => (wake = resolve));
  const ids = await publish(n, from);
  await all;
  return ids.map((id) => results.get(id));
}

async function many(n: number): Promise<number> {
  const start = performance.now();
  const values = await call(n);
  const ms = performance.now() - start;
  check(values);
  return ms;
}

async function oneByOne(n: number): Promise<number[]> {
  const times: number[] = [];
  const values: unknown[] = [];
  for (let i = 0; i < n; i++) {
    const start = performance.now();
    values.push(...(await call(1, i)));
    times.push(performance.now() - start);
  }
  check(values);
  return times;
}

serve({ many, oneByOne, stop: () => channels.close() });
