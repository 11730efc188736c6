import { TransportError } from "../../errors.js";
import type { QueueType } from "./settings.js";

const MIB = 1024 * 1024;

/** What a version of RabbitMQ can do, as far as versions differ. */
export interface Abilities {
  /** Priorities that a quorum queue tells apart. */
  readonly quorumPriorities: number;
  /** The default of `max_message_size`. */
  readonly maxBytes: number;
}

interface Row extends Abilities {
  readonly major: number;
  readonly minor: number;
}

/**
 * Newest first; a row holds from its version on. 3.10 is the first whose quorum queues expire messages and dead-letter them
 * at least once. 4.0 knows two priorities, served 2:1; 4.3 serves 32 strictly.
 */
const VERSIONS: readonly Row[] = [
  { major: 4, minor: 3, quorumPriorities: 10, maxBytes: 16 * MIB },
  { major: 4, minor: 0, quorumPriorities: 2, maxBytes: 16 * MIB },
  { major: 3, minor: 10, quorumPriorities: 1, maxBytes: 128 * MIB },
];

/** Assumed until a server has told its version: what every version can do. */
export const LEAST_ABILITIES: Abilities = { quorumPriorities: 1, maxBytes: 16 * MIB };

/**
 * What the server of a version such as `3.10.8` or `4.3.0-rc.1` can do.
 * @throws TransportError `BROKER_ERROR` when it is too old; a version that cannot be read counts as the oldest known one.
 */
export function abilitiesOf(version: string): Abilities {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? ["", "3", "10"];
  const row = VERSIONS.find((one) => compare(Number(major), Number(minor), one) >= 0);
  if (row !== undefined) return row;
  throw new TransportError(
    "BROKER_ERROR",
    `RabbitMQ ${version} is too old: its quorum queues cannot delay messages; use 3.10 or later`,
    {
      certain: true,
    },
  );
}

const compare = (major: number, minor: number, row: Row): number => major - row.major || minor - row.minor;

/** How many deliveries a broker allows before it dead-letters a message itself: workers give up long before. */
const DELIVERY_LIMIT = 20;
/** Looking at a dead letter counts as a delivery; from 4.0 on the default limit is 20, and beyond it the letter is dropped. */
const DEAD_DELIVERY_LIMIT = 1_000_000;
const MAX_PRIORITY = 9;

/** Queue arguments by AMQP's names. A queue keeps those it was made with: they must not differ from version to version. */
export type QueueArguments = Readonly<Record<string, string | number>>;

/** Of a task queue; what exceeds the delivery limit goes to `deadQueue`. */
export function taskQueueArguments(type: QueueType, deadQueue: string): QueueArguments {
  const deadLetters = { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": deadQueue };
  if (type === "classic") return { "x-queue-type": "classic", "x-max-priority": MAX_PRIORITY, ...deadLetters };
  return { ...quorum, ...atLeastOnce, ...deadLetters, "x-delivery-limit": DELIVERY_LIMIT };
}

export const DEAD_QUEUE_ARGUMENTS: QueueArguments = {
  "x-queue-type": "quorum",
  "x-delivery-limit": DEAD_DELIVERY_LIMIT,
};

/** Of a queue whose messages go on to `exchange`, under the routing key they came with, after `ttlMs`. */
export function delayQueueArguments(ttlMs: number, exchange: string): QueueArguments {
  return { ...quorum, ...atLeastOnce, "x-message-ttl": ttlMs, "x-dead-letter-exchange": exchange };
}

/** Of a reply queue, which goes when nobody used it for `expiresMs`. */
export const replyQueueArguments = (type: QueueType, expiresMs: number): QueueArguments => ({
  "x-queue-type": type,
  "x-expires": expiresMs,
});

const quorum = { "x-queue-type": "quorum" } as const;
// n.b. with the default overflow, drop-head, the broker falls back to dead-lettering at most once without a word
const atLeastOnce = { "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish" } as const;

/** How many priorities a task queue tells apart. */
export const prioritiesOf = (type: QueueType, { quorumPriorities }: Abilities): number =>
  type === "classic" ? MAX_PRIORITY + 1 : quorumPriorities;
