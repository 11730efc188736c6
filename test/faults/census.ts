import type { Part } from "./fleet-processes.js";

/** What a process holds, after garbage was collected. */
export interface Census {
  /** One more each time. */
  readonly number: number;
  readonly heapBytes: number;
  /** 0 where the system does not tell. */
  readonly descriptors: number;
  readonly timers: number;
  /** Of the process itself. */
  readonly listeners: number;
}

const counted = new WeakMap<Part, number>();

/** Asks a process what it holds. */
export async function takeCensus(part: Part): Promise<Census> {
  const number = (counted.get(part) ?? 0) + 1;
  counted.set(part, number);
  part.child.signal("SIGUSR2");
  return part.child.line(`the census of ${part.name}`, (line) => {
    const { census } = line as { readonly census?: Census };
    return census?.number === number ? census : undefined;
  });
}
