import { canLimit, createCodec, type AppInternals, type Connection } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "../pool/pool.js";
import type { Limits } from "./limits.js";

/** The limits of a worker's tasks; `undefined`, and nothing loaded, where none has any. */
export async function openLimits(
  tasks: Readonly<Record<string, PlainTaskOptions>>,
  { options }: AppInternals,
  connection: Connection,
): Promise<Limits | undefined> {
  const isLimited = Object.values(tasks).some(({ rateLimit, limit }) => rateLimit !== undefined || limit !== undefined);
  const { transport, results } = connection;
  if (!isLimited || !canLimit(results)) return undefined;
  const { Limits } = await import("./limits.js");
  return new Limits({
    tasks,
    connection: { transport, results },
    ambient: options.ambient,
    codec: createCodec(options.limits),
  });
}
