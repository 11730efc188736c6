import { serve } from "../child/serve.js";
import { closedLoop } from "../closed-loop.js";
import { argumentsOf } from "../taskgen/calls.js";
import { Tally } from "./tally.js";

/** What a task of a peer is given. */
export interface Data {
  readonly x: number;
  readonly y: number;
}

/** How a peer enqueues and calls. */
export interface PeerProducer {
  readonly add: (data: Data) => Promise<unknown>;
  readonly addMany: (all: readonly Data[]) => Promise<unknown>;
  /** What the call came to; `undefined` when the peer has told nothing. */
  readonly call?: (data: Data) => Promise<unknown>;
  /** Has all results told. */
  readonly onResult?: (listener: (value: number) => void) => unknown;
  readonly close: () => Promise<unknown>;
}

const BATCH = 500;
const WIDTH = 100;

/** Answers what producers of all peers are asked for. */
export function serveProducer({ add, addMany, call, onResult, close }: PeerProducer): void {
  let tally: Tally | undefined;
  const batches = (n: number): Data[][] => {
    const all = argumentsOf(n).map(([x, y]): Data => ({ x, y }));
    return Array.from({ length: Math.ceil(n / BATCH) }, (_, i) => all.slice(i * BATCH, (i + 1) * BATCH));
  };
  const eachBatch = (run: (batch: Data[]) => Promise<unknown>) => async (n: number) => {
    const start = performance.now();
    for (const batch of batches(n)) await run(batch);
    return performance.now() - start;
  };
  const loop = (width: number) => (n: number) => closedLoop(n, width, (x) => call!({ x, y: 1 }));
  const sendMany = eachBatch(addMany);
  const many = async (n: number): Promise<number> => {
    if (tally === undefined) onResult!((tally = new Tally()).note);
    tally.expect(n);
    const start = performance.now();
    await sendMany(n);
    await tally.finished();
    return performance.now() - start;
  };
  serve({
    many,
    sendMany,
    sendTogether: eachBatch((batch) => Promise.all(batch.map(add))),
    sendOneByOne: eachBatch(async (batch) => {
      for (const data of batch) await add(data);
    }),
    oneByOne: loop(1),
    inFlight: loop(WIDTH),
    stop: close,
  });
}
