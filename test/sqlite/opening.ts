import {
  type ConnectionOptions,
  type Fusing,
  type Inspect,
  openResults,
  openTransport,
  type ResultBackend,
  type Transport,
} from "@taskgen/core/internal";
import { onTestFinished } from "vitest";
import { close } from "../conformance/scene.js";

/** What a transport told of its state and of errors. */
export interface Told {
  readonly states: string[];
  readonly errors: Error[];
  /** The first time a state is told from now on. */
  next(state: string): Promise<void>;
}

/** A transport with the optional powers that this one has. */
export type PowerfulTransport = Transport & Fusing & Inspect;

export interface Opened {
  readonly transport: PowerfulTransport;
  readonly results: ResultBackend;
  readonly told: Told;
}

function listener(): Told & { state(state: string): void; error(error: Error): void } {
  const waiting = new Map<string, () => void>();
  const states: string[] = [];
  const errors: Error[] = [];
  return {
    states,
    errors,
    next: (state) => new Promise((resolve) => waiting.set(state, resolve)),
    state: (state) => {
      states.push(state);
      waiting.get(state)?.();
      waiting.delete(state);
    },
    error: (error) => void errors.push(error),
  };
}

/** A transport and results of a URL, started; closed after the test. */
export async function openBoth(url: string, options: ConnectionOptions = {}): Promise<Opened> {
  const told = listener();
  const transport = (await openTransport(url, options)) as PowerfulTransport;
  const results = await openResults(url, options);
  onTestFinished(() => close({ transport, results }));
  await transport.start(told);
  await results.start({ state: () => {}, error: () => {} });
  return { transport, results, told };
}

/** Counts of the database thread behind a transport. */
export interface Counters {
  readonly transactions: number;
  readonly wakeUps: number;
}

export const countersOf = (transport: Transport): Promise<Counters> =>
  (transport as Transport & { counters(): Promise<Counters> }).counters();
