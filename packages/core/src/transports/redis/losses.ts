import type { Losses } from "../../losses.js";

/** What a server told of itself; `undefined` is what it keeps to itself. */
export interface Persistence {
  readonly aof: boolean | undefined;
  /** When the append-only file is written to the disk: `always`, `everysec`, `no`. */
  readonly fsync: string | undefined;
  /** When snapshots are made; an empty text is never. */
  readonly save: string | undefined;
  /** What is thrown away when the memory is full. */
  readonly evicts: string | undefined;
  /** Replicas that are connected. */
  readonly replicas: number | undefined;
}

const UNKNOWN = "unknown: the server does not tell its settings";

/** What a failure takes from a Redis that is set up like this. */
export function lossesOf(told: Persistence): Losses {
  return {
    brokerKilled: onDeath(told),
    powerLoss: onPowerLoss(told),
    machineGone: onMachineGone(told),
    noRoom: onNoRoom(told),
  };
}

function onDeath({ aof, save }: Persistence): string {
  if (aof === undefined) return UNKNOWN;
  if (aof) return "nothing";
  if (save === undefined) return UNKNOWN;
  return save === "" ? "everything" : `what was stored since the last snapshot (save ${save})`;
}

function onPowerLoss(told: Persistence): string {
  if (told.aof !== true) return onDeath(told);
  if (told.fsync === "always") return "nothing";
  if (told.fsync === "everysec") return "the last second or two (appendfsync everysec)";
  return told.fsync === "no" ? "what the system has not written yet: about 30 s (appendfsync no)" : UNKNOWN;
}

function onMachineGone({ replicas }: Persistence): string {
  if (replicas === undefined) return UNKNOWN;
  if (replicas === 0) return "everything: no replica is connected";
  return `what had not reached a replica yet (${replicas} connected, copied after the answer)`;
}

const onNoRoom = ({ evicts }: Persistence): string =>
  evicts === undefined || evicts === "noeviction"
    ? "nothing: calls are refused with BROKER_FULL"
    : `whatever Redis throws away (maxmemory-policy ${evicts})`;
