import type { SimulatedEvent } from "./event-queue.js";
import type { VirtualTime } from "./virtual-time.js";

/** What `setTimeout` and its like return. */
class VirtualTimer {
  readonly stop: () => void;

  constructor(stop: () => void) {
    this.stop = stop;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

type Callback = (...args: readonly unknown[]) => void;

const once = (time: VirtualTime, ms: number, ring: () => void): VirtualTimer => {
  const event = time.timer(ms, ring);
  return new VirtualTimer(() => (event.isCancelled = true));
};

function repeatedly(time: VirtualTime, ms: number, ring: () => void): VirtualTimer {
  let event: SimulatedEvent;
  let isStopped = false;
  const wait = (): void => {
    event = time.timer(ms, () => {
      ring();
      if (!isStopped) wait();
    });
  };
  wait();
  return new VirtualTimer(() => {
    isStopped = true;
    event.isCancelled = true;
  });
}

function abortAfter(time: VirtualTime, ms: number): AbortSignal {
  const controller = new AbortController();
  time.timer(ms, () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")));
  return controller.signal;
}

const stop = (timer: unknown): void => {
  if (timer instanceof VirtualTimer) timer.stop();
};

/** Has all of this process go by `time`; returns what ends that. n.b. what kept the real functions goes by the real clock. */
export function installGlobals(time: VirtualTime): () => void {
  const replaced = [
    replace(globalThis, {
      setTimeout: (ring: Callback, ms = 1, ...args: unknown[]) => once(time, Math.max(1, ms), () => ring(...args)),
      setInterval: (ring: Callback, ms = 1, ...args: unknown[]) =>
        repeatedly(time, Math.max(1, ms), () => ring(...args)),
      setImmediate: (ring: Callback, ...args: unknown[]) => once(time, 0, () => ring(...args)),
      clearTimeout: stop,
      clearInterval: stop,
      clearImmediate: stop,
    }),
    replace(performance, { now: () => time.elapsed }),
    replace(Date, { now: () => time.now }),
    // n.b. most of the time would go into traces that nobody reads
    replace(Error, { stackTraceLimit: 0 }),
    replace(AbortSignal, { timeout: (ms: number) => abortAfter(time, ms) }),
  ];
  return () => replaced.forEach((restore) => restore());
}

function replace(target: object, methods: Record<string, unknown>): () => void {
  const before = Object.keys(methods).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, descriptor);
    }
  };
}
