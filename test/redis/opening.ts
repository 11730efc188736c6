import {
  type ConnectionOptions,
  type Fused,
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
  /** The next time a state is told from now on; why. */
  next(state: string): Promise<string>;
}

/** A transport with the optional powers that this one has. */
export type RedisLike = Transport & Fusing & Inspect & { readonly roundTrips: number };

export interface Opened {
  readonly transport: RedisLike;
  readonly results: ResultBackend;
  readonly fused: Fused;
  readonly told: Told;
}

function listener(): Told & { state(state: string, reason?: string): void; error(error: Error): void } {
  const waiting = new Map<string, (reason: string) => void>();
  const states: string[] = [];
  const errors: Error[] = [];
  return {
    states,
    errors,
    next: (state) => new Promise((resolve) => waiting.set(state, resolve)),
    state: (state, reason = "") => {
      states.push(state);
      waiting.get(state)?.(reason);
      waiting.delete(state);
    },
    error: (error) => void errors.push(error),
  };
}

/** A transport and results of a URL, started; closed after the test. */
export async function openBoth(url: string, options: ConnectionOptions = {}): Promise<Opened> {
  const told = listener();
  const transport = (await openTransport(url, options)) as RedisLike;
  const results = await openResults(url, options);
  onTestFinished(() => close({ transport, results }));
  await transport.start(told);
  await results.start({ state: () => {}, error: () => {} });
  return { transport, results, told, fused: transport.fuse(results)! };
}
