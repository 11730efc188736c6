/** What every delay is a multiple of. */
export const DELAY_UNIT_MS = 100;
const BASE = 16;
const LEVELS = 7;
/** The highest digit of the highest level: RabbitMQ takes no message TTL of 2 ** 32 ms or more. */
const TOP_DIGIT = 2;
/** The longest delay of one trip, 58 days. What is longer enters again. */
export const MAX_TRIP_UNITS = (TOP_DIGIT + 1) * BASE ** (LEVELS - 1) - 1;

/** One way through the delay queues. */
export interface Trip {
  /** Base-16 digits, highest level first. */
  readonly digits: readonly number[];
  /** Where it enters: the highest level whose digit is not 0. */
  readonly entry: number;
  /** Milliseconds that are left when it is over. */
  readonly restMs: number;
}

/** One delay queue. */
export interface Stop {
  readonly level: number;
  readonly digit: number;
}

/**
 * The trip of a delay, rounded up to whole units so that nothing is early.
 *
 * | delay | units | digits | stops (level: digit) |
 * | --- | --- | --- | --- |
 * | 1 ms | 1 | 0 0 0 0 0 0 1 | 0: 1 |
 * | 3.1 s | 31 | 0 0 0 0 0 1 15 | 1: 1, then 0: 15 |
 * | 1 h | 36,000 | 0 0 0 8 12 10 0 | 3: 8, 2: 12, 1: 10 |
 */
export function tripOf(delayMs: number, maxUnits: number = MAX_TRIP_UNITS): Trip {
  const units = Math.min(maxUnits, Math.max(1, Math.ceil(delayMs / DELAY_UNIT_MS)));
  const digits = Array.from({ length: LEVELS }, (_, index) => Math.floor(units / BASE ** (LEVELS - 1 - index)) % BASE);
  const entry = LEVELS - 1 - digits.findIndex((digit) => digit > 0);
  return { digits, entry, restMs: Math.max(0, Math.ceil(delayMs) - units * DELAY_UNIT_MS) };
}

/** The delay queues that a trip passes, in their order. */
export const stopsOf = ({ digits }: Trip): Stop[] =>
  digits.map((digit, index) => ({ level: LEVELS - 1 - index, digit })).filter(({ digit }) => digit > 0);

/** How long a message stays in a delay queue. */
export const ttlOf = ({ level, digit }: Stop): number => digit * BASE ** level * DELAY_UNIT_MS;

/** The pattern of the routing keys that have `digit` at `level`: a word for each level, then the queue. */
export const patternOf = ({ level, digit }: Stop): string => `${"*.".repeat(LEVELS - 1 - level)}${digit}.#`;
