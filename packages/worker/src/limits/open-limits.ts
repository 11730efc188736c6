import { canLimit, createDecoder, type AppInternals, type Connection } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "../pool/pool.js";
import type { Limits } from "./limits.js";

/**
 * The limits of a worker's tasks; `undefined`, and nothing loaded, where none has any, or ever had: what waited for a limit that
 * is gone runs.
 */
export async function openLimits(
  tasks: Readonly<Record<string, PlainTaskOptions>>,
  { options }: AppInternals,
  { transport, results, sealer }: Connection,
): Promise<Limits | undefined> {
  if (!canLimit(results)) return undefined;
  const limited = Object.keys(tasks).filter((name) => isLimited(tasks[name]!));
  const before = (await results.rooms()).filter((name) => Object.hasOwn(tasks, name));
  const rooms = new Set([...limited, ...before]);
  if (rooms.size === 0) return undefined;
  const { Limits } = await import("./limits.js");
  const codec = createDecoder(options.limits);
  return new Limits({ tasks, rooms, connection: { transport, results, sealer }, ambient: options.ambient, codec });
}

const isLimited = ({ rateLimit, limit }: PlainTaskOptions): boolean => rateLimit !== undefined || limit !== undefined;
