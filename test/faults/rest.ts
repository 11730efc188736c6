import { type AnyApp, createApp } from "@taskgen/core";
import { canInspect, type Inspect, internalsOf } from "@taskgen/core/internal";
import { eventually } from "../support/eventually.js";
import type { RestEntry } from "../support/history/entries.js";

type Rest = Omit<RestEntry, "kind">;

/** What a broker holds when all is over; waits a while for it to be nothing, since RabbitMQ counts late. */
export async function readRest(broker: string, within = 15_000): Promise<Rest> {
  const app = createApp({ broker, onError: () => {} });
  try {
    const transport = await openInspection(app);
    let rest: Rest = { waiting: 0, delayed: 0, owned: 0 };
    const isEmpty = async (): Promise<boolean> => {
      rest = sum(await transport.depths());
      return rest.waiting + rest.delayed + rest.owned === 0;
    };
    await eventually(isEmpty, { within, every: 200 }).catch(() => {});
    return rest;
  } finally {
    await app.close();
  }
}

/** What tells of an app's queue. n.b. RabbitMQ tells nothing of queues that nobody named. */
async function openInspection(app: AnyApp): Promise<Inspect> {
  const { transport } = await internalsOf(app).connection();
  if (!canInspect(transport)) throw new Error("a broker that cannot be inspected");
  await transport.declare([{ name: internalsOf(app).options.queue }]);
  return transport;
}

/** How many dead letters a broker has; waits a while for them to be `count`: a result is told before its delivery is settled. */
export async function countDead(broker: string, count: number): Promise<number> {
  const app = createApp({ broker, onError: () => {} });
  try {
    const inspection = await openInspection(app);
    const sum = async (): Promise<number> => (await inspection.depths()).reduce((all, { dead }) => all + dead, 0);
    await eventually(async () => (await sum()) === count, { within: 15_000, every: 100 }).catch(() => {});
    return await sum();
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
