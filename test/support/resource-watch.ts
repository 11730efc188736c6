import { createHook } from "node:async_hooks";
import type { Worker } from "node:worker_threads";

/** A timer as Node hands it to async hooks; `_destroyed` is true once it fired for the last time or was cleared. */
interface TimerResource {
  readonly _destroyed: boolean;
}

/** A socket, pipe, watcher or child as Node hands it to async hooks; once it is closed it has an id no more. */
interface HandleResource {
  getAsyncId(): number;
}

/** How many there are of each kind. */
export type Census = ReadonlyMap<string, number>;

/** What counts as left behind, by the names of async hooks. */
const HANDLES = new Set([
  "TCPWRAP",
  "TCPSERVERWRAP",
  "UDPWRAP",
  "PIPEWRAP",
  "PIPESERVERWRAP",
  "PROCESSWRAP",
  "FSEVENTWRAP",
  "STATWATCHER",
  "TTYWRAP",
]);
const CLOSED = -1;

/** Who made them: the text of a stack is made when it is read, which is slow and rarely happens. */
const timers = new Map<TimerResource, Error>();
const handles = new Map<HandleResource, string>();
const threads = new Set<Worker>();

const hook = createHook({
  init(_id, type, _trigger, resource) {
    if (type === "Timeout") timers.set(resource as TimerResource, new Error());
    else if (HANDLES.has(type)) handles.set(resource as HandleResource, type);
  },
});

const onThread = (thread: Worker): void => {
  threads.add(thread);
  thread.once("exit", () => threads.delete(thread));
};

/**
 * Who made a timer: the first frame outside of Node and of this file. Vitest's own timers do not count, nor those of
 * `AbortSignal.timeout`, which nobody can clear and which keep nothing alive.
 */
function placeOf({ stack = "" }: Error): string | undefined {
  if (stack.includes("AbortSignal.timeout")) return undefined;
  const frames = stack.split("\n").slice(1);
  const frame = frames.find((line) => !line.includes("node:") && !line.includes("resource-watch"));
  return frame === undefined || /[\\/]@?vitest[\\/]/.test(frame) ? undefined : frame.trim();
}

/** Takes note of all sockets, pipes, watchers, children, threads and timers, referenced or not, that are made from now on. */
export function watchResources(): void {
  process.off("worker", onThread).on("worker", onThread);
  hook.enable();
}

/** Takes note of no more. */
export function watchNoResources(): void {
  hook.disable();
  process.off("worker", onThread);
}

/** How many there are of each kind but timers. */
export function census(): Census {
  for (const handle of handles.keys()) if (handle.getAsyncId() === CLOSED) handles.delete(handle);
  const counts = new Map([["thread", threads.size]]);
  for (const type of handles.values()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** What there is now and was not at the time of `baseline`; timers by where they were made. */
export function leftRunning(baseline: Census): string[] {
  for (const timer of timers.keys()) {
    // oxlint-disable-next-line no-underscore-dangle -- Node names it so
    if (timer._destroyed) timers.delete(timer);
  }
  const places = [...timers.values()].map(placeOf).filter((place) => place !== undefined);
  const more = [...census()].map(([kind, count]) => [kind, count - (baseline.get(kind) ?? 0)] as const);
  const surplus = more.filter(([, count]) => count > 0).map(([kind, count]) => `${count} x ${kind}`);
  return [...surplus, ...places.map((place) => `timer made ${place}`)];
}

/** Forgets the timers that there are. */
export const forgetTimers = (): void => timers.clear();
