import type { Channel } from "amqplib";
import { patternOf, stopsOf, ttlOf, type Trip } from "./delay.js";
import { escaped, type Names } from "./names.js";
import type { QueueType } from "./settings.js";
import { DEAD_QUEUE_ARGUMENTS, delayQueueArguments, type QueueArguments, taskQueueArguments } from "./versions.js";

/** One thing that a broker must have. Declaring it again changes nothing. */
export type Fixture =
  | { readonly kind: "queue"; readonly name: string; readonly arguments: QueueArguments }
  | { readonly kind: "exchange"; readonly name: string; readonly type: "topic" | "direct" }
  | {
      readonly kind: "binding";
      readonly to: "queue" | "exchange";
      readonly name: string;
      readonly source: string;
      readonly pattern: string;
    };

/** A task queue, its dead letters, and its place at the end of the delays. */
export function queueFixtures(names: Names, queue: string, type: QueueType): Fixture[] {
  const [name, dead] = [names.queue(queue), names.dead(queue)];
  return [
    { kind: "queue", name: dead, arguments: DEAD_QUEUE_ARGUMENTS },
    { kind: "queue", name, arguments: taskQueueArguments(type, dead) },
    { kind: "exchange", name: names.deliver, type: "topic" },
    { kind: "binding", to: "queue", name, source: names.deliver, pattern: `#.${escaped(queue)}` },
  ];
}

/**
 * The exchanges of all levels of a trip and the queues it stops at. A digit of 0 passes its level from exchange to exchange,
 * any other by a queue whose messages expire.
 */
export function delayFixtures(names: Names, trip: Trip): Fixture[] {
  const below = (level: number): string => (level === 0 ? names.deliver : names.delayExchange(level - 1));
  const levels = Array.from({ length: trip.entry + 1 }, (_, level) => level);
  const exchange = (name: string): Fixture => ({ kind: "exchange", name, type: "topic" });
  const passage = (level: number): Fixture => {
    return {
      kind: "binding",
      to: "exchange",
      name: below(level),
      source: names.delayExchange(level),
      pattern: patternOf({ level, digit: 0 }),
    };
  };
  const stops = stopsOf(trip).flatMap((stop): Fixture[] => {
    const name = names.delayQueue(stop.level, stop.digit);
    return [
      { kind: "queue", name, arguments: delayQueueArguments(ttlOf(stop), below(stop.level)) },
      { kind: "binding", to: "queue", name, source: names.delayExchange(stop.level), pattern: patternOf(stop) },
    ];
  });
  return [
    exchange(names.deliver),
    ...levels.map((level) => exchange(names.delayExchange(level))),
    ...levels.map(passage),
    ...stops,
  ];
}

/** Where broadcasts go through. */
export const topicFixtures = (names: Names): Fixture[] => [{ kind: "exchange", name: names.topics, type: "direct" }];

/** What a fixture is remembered by. */
export const keyOf = (fixture: Fixture): string =>
  fixture.kind === "binding"
    ? `binding ${fixture.source} ${fixture.name} ${fixture.pattern}`
    : `${fixture.kind} ${fixture.name}`;

export async function declare(channel: Channel, fixture: Fixture): Promise<void> {
  switch (fixture.kind) {
    case "queue":
      await channel.assertQueue(fixture.name, { durable: true, arguments: fixture.arguments });
      break;
    case "exchange":
      await channel.assertExchange(fixture.name, fixture.type, { durable: true });
      break;
    case "binding":
      if (fixture.to === "queue") await channel.bindQueue(fixture.name, fixture.source, fixture.pattern);
      else await channel.bindExchange(fixture.name, fixture.source, fixture.pattern);
      break;
    default:
      fixture satisfies never;
  }
}
