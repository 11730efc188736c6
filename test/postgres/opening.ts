import {
  openResults,
  type ConnectionOptions,
  type Registers,
  type ResultBackend,
  type Revoking,
  type Streaming,
} from "@taskgen/core/internal";
import { Client } from "pg";
import { onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";

/** What results in a Postgres can do. */
export type PostgresLike = ResultBackend &
  Revoking &
  Registers &
  Streaming & { readonly statements: number; sweep(): Promise<number> };

/** What a backend told of its state and of errors. */
export interface Told {
  readonly states: string[];
  readonly errors: Error[];
  /** The next time a state is told from now on; why. */
  next(state: string): Promise<string>;
  /** Resolves when a state is told with a reason like this. */
  reason(like: RegExp): Promise<void>;
}

export interface Opened {
  readonly results: PostgresLike;
  readonly told: Told;
  readonly prefix: string;
}

type Listener = Told & { state(state: string, reason?: string): void; error(error: Error): void };

function listener(): Listener {
  const waiting = new Map<string, (reason: string) => void>();
  const reasons = new Map<RegExp, () => void>();
  const [states, errors]: [string[], Error[]] = [[], []];
  return {
    states,
    errors,
    next: (state) => within(state, new Promise((resolve) => waiting.set(state, resolve))),
    reason: (like) => new Promise((resolve) => reasons.set(like, resolve)),
    state: (state, reason = "") => {
      for (const [like, resolve] of reasons) if (like.test(reason)) resolve();
      states.push(state);
      waiting.get(state)?.(reason);
      waiting.delete(state);
    },
    error: (error) => void errors.push(error),
  };
}

/** Results that have not started; closed after the test. */
export async function prepare(
  url: string,
  options: ConnectionOptions = {},
): Promise<Opened & { readonly start: () => Promise<void> }> {
  const told = listener();
  const prefix = options.prefix ?? namespace("p");
  const results = (await openResults(url, { ...options, prefix })) as PostgresLike;
  onTestFinished(() => within("closing", results.close(AbortSignal.timeout(2_000))));
  return { results, told, prefix, start: () => results.start(told) };
}

/** Results of a URL, started; closed after the test. */
export async function open(url: string, options: ConnectionOptions = {}): Promise<Opened> {
  const opened = await prepare(url, options);
  await within("the start", opened.start());
  return opened;
}

/** A client of the same server for the test itself; ended after it. */
export async function admin(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
