import { brokerUrl } from "../support/brokers.js";
import { places, type Place } from "../engine/scene.js";

const urlOf = (broker: string): Place["broker"] => places.find(({ name }) => name.startsWith(broker))!.broker;

/** Every broker with results where messages can wait. Tasks run in the worker's own thread. */
export const limitedPlaces: readonly Place[] = [
  { name: "memory", broker: urlOf("memory"), pool: "inline" },
  { name: "sqlite", broker: urlOf("sqlite"), pool: "inline" },
  { name: "redis", broker: urlOf("redis"), pool: "inline" },
  { name: "amqp with redis results", broker: urlOf("amqp"), backend: async () => brokerUrl("redis"), pool: "inline" },
];

/** The most of these times that lie within one window, wherever it begins. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  let from = 0;
  return sorted.reduce((most, time, i) => {
    while (sorted[from]! <= time - windowMs) from++;
    return Math.max(most, i - from + 1);
  }, 0);
}
