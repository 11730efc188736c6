import { createApp } from "@taskgen/core";
import { canInspect, internalsOf } from "@taskgen/core/internal";
import { eventually } from "../support/eventually.js";
import type { RestEntry } from "../support/history/entries.js";

type Rest = Omit<RestEntry, "kind">;

/** What a broker holds when all is over; waits a while for it to be nothing, since RabbitMQ counts late. */
export async function readRest(broker: string): Promise<Rest> {
  const app = createApp({ broker, onError: () => {} });
  try {
    const { transport } = await internalsOf(app).connection();
    if (!canInspect(transport)) throw new Error("a broker that cannot be inspected");
    let rest: Rest = { waiting: 0, delayed: 0, owned: 0 };
    const isEmpty = async (): Promise<boolean> => {
      rest = sum(await transport.depths());
      return rest.waiting + rest.delayed + rest.owned === 0;
    };
    await eventually(isEmpty, { within: 15_000, every: 200 }).catch(() => {});
    return rest;
  } finally {
    await app.close();
  }
}

const sum = (queues: readonly Rest[]): Rest =>
  queues.reduce(
    (all, { waiting, delayed, owned }) => ({
      waiting: all.waiting + waiting,
      delayed: all.delayed + delayed,
      owned: all.owned + owned,
    }),
    { waiting: 0, delayed: 0, owned: 0 },
  );
