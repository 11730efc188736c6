import { createHook } from "node:async_hooks";

/** A timer as Node hands it to async hooks; `_destroyed` is true once it fired for the last time or was cleared. */
interface TimerResource {
  readonly _destroyed: boolean;
}

/** Who made them: the text of a stack is made when it is read, which is slow and rarely happens. */
const timers = new Map<TimerResource, Error>();

const hook = createHook({
  init(_id, type, _trigger, resource) {
    if (type === "Timeout") timers.set(resource as TimerResource, new Error());
  },
});

/**
 * Who made a timer: the first frame outside of Node and of this file. Vitest's own timers do not count, nor those of
 * `AbortSignal.timeout`, which nobody can clear and which keep nothing alive.
 */
function placeOf({ stack = "" }: Error): string | undefined {
  if (stack.includes("AbortSignal.timeout")) return undefined;
  const frames = stack.split("\n").slice(1);
  const frame = frames.find((line) => !line.includes("node:") && !line.includes("timer-watch"));
  return frame === undefined || /[\\/]@?vitest[\\/]/.test(frame) ? undefined : frame.trim();
}

/** Takes note of all timers, referenced or not, that are made from now on. */
export function watchTimers(): void {
  hook.enable();
  timers.clear();
}

/** Where the timers were made that still run. */
export function runningTimers(): string[] {
  for (const timer of timers.keys()) {
    // oxlint-disable-next-line no-underscore-dangle -- Node names it so
    if (timer._destroyed) timers.delete(timer);
  }
  const places = [...timers.values()].map(placeOf).filter((place) => place !== undefined);
  return places.map((place) => `timer made ${place}`);
}
