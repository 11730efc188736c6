import {
  createId,
  type Delivery,
  type Envelope,
  type SettleOutcome,
  type Settlement,
  type Transport,
} from "@taskgen/core/internal";
import { expect } from "vitest";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const bytes = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (body: Uint8Array): string => decoder.decode(body);

/** When a call gives up. */
export const deadline = (): AbortSignal => AbortSignal.timeout(30_000);

/** An envelope, its body a text. */
export function message(queue: string, text: string, more: Partial<Envelope> = {}): Envelope {
  return { id: createId(), queue, priority: 4, body: bytes(text), ...more };
}

/** `m0`, `m1`, … */
export const messages = (queue: string, count: number): Envelope[] =>
  Array.from({ length: count }, (_, index) => message(queue, `m${index}`));

/** Sends and expects that all is stored. */
export async function send(transport: Transport, ...batch: readonly Envelope[]): Promise<void> {
  const outcomes = await transport.send(batch, deadline());
  expect(outcomes).toEqual(batch.map(() => "stored"));
}

export const settle = (transport: Transport, ...batch: readonly Settlement[]): Promise<readonly SettleOutcome[]> =>
  transport.settle(batch);

/** Settles as done and expects that it was ours. */
export async function done(transport: Transport, deliveries: readonly Delivery[]): Promise<void> {
  const outcomes = await transport.settle(deliveries.map((delivery) => ({ delivery, to: "done" })));
  expect(outcomes).toEqual(deliveries.map(() => "ok"));
}

export const textsOf = (deliveries: readonly Delivery[]): string[] =>
  deliveries.map((one) => textOf(one.envelope.body));
export const idsOf = (items: readonly (Delivery | Envelope)[]): string[] =>
  items.map((item) => ("envelope" in item ? item.envelope.id : item.id));
