import type { Debounce } from "../define/limits.js";
import { milliseconds } from "../duration.js";
import { ANYTHING, type Swap } from "../registers.js";
import { keyOf, registerName } from "./call-keys.js";
import type { Call } from "./call-message.js";
import { againstCopies, marked, type Ending, type GuardPlace, type SendAll } from "./guard-layer.js";

/** How long the latest call is remembered after it is due: a worker may be late. */
const LATE_MS = 24 * 3_600_000;

/**
 * Sends every call with a delay, then notes in a register that it is the latest: `<time> <time of the first> <id>`. Workers
 * end those that are not. A caller that dies in between has one run too many; none is ever lost.
 */
export function debouncing({ key, wait, maxWait }: Debounce, next: SendAll, place: GuardPlace): SendAll {
  const [waitMs, maxWaitMs] = [milliseconds(wait), maxWait === undefined ? Infinity : milliseconds(maxWait)];
  return async (calls) => {
    const now = place.now();
    const registers = calls.map((call) =>
      registerName("debounce", call.target.name, key === undefined ? "" : keyOf(call, key)),
    );
    const firsts = maxWaitMs === Infinity ? registers.map(() => now) : await beginnings(registers, now, place);
    const due = firsts.map((first) => Math.min(now + waitMs, Math.max(now, first + maxWaitMs)));
    const ends = await next(
      calls.map((call, i) => {
        const marks = { ...againstCopies(place), debounce: registers[i]!, debouncedAt: now };
        return marked(delayed(call, due[i]!, now), marks);
      }),
    );
    const latest = ends.flatMap((end, i): Swap[] =>
      end instanceof Error ? [] : [noting(registers[i]!, [now, firsts[i]!, end], due[i]! - now)],
    );
    if (latest.length > 0) await place.swap(latest).catch(() => {});
    return ends;
  };
}

/** When the first of those calls came that still wait. */
async function beginnings(registers: readonly string[], now: number, { swap }: GuardPlace): Promise<number[]> {
  const held = await swap(registers.map((key) => ({ key, expected: undefined, next: undefined, ttlMs: 1 })));
  // n.b. what has begun to run is marked: its time is no number
  return held.map((text) => Number(text?.split(" ")[1] ?? now)).map((first) => (Number.isNaN(first) ? now : first));
}

const noting = (key: string, [now, first, { call }]: readonly [number, number, Ending], waitMs: number): Swap => ({
  ...{ key, expected: ANYTHING, next: `${now} ${first} ${call.id}` },
  ttlMs: waitMs + LATE_MS,
});

function delayed(call: Call, due: number, now: number): Call {
  const { countdown, eta, ...options } = call.options;
  const own = eta?.getTime() ?? (countdown === undefined ? 0 : now + milliseconds(countdown));
  return { ...call, options: { ...options, eta: new Date(Math.max(due, own)) } };
}
