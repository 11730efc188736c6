import { deathsOf, isSuspect } from "../pool/entry.js";
import type { Job, StopReason } from "../pool/pool.js";
import { packMembers } from "./wire.js";

/** Calls of a batch task that run together: one job of a pool. */
export class Batch<J extends Job> implements Job {
  readonly members: readonly J[];
  readonly args: Uint8Array;
  readonly redeliveries: number;
  readonly maxRedeliveries: number;
  readonly isolate: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeLimitMs: number | undefined;
  readonly softTimeLimitMs: number | undefined;
  readonly trackStarted: boolean;
  readonly storesNothing = false;
  /** Each of its members has its own. */
  readonly seal = undefined;
  readonly contract = undefined;
  readonly expires = undefined;
  /** Of those that have not ended: who was told to stop. */
  readonly stopped = new Map<J, StopReason>();
  /** How many have not ended. */
  open: number;
  charges?: number;
  readonly #first: J;

  constructor(members: readonly J[]) {
    this.members = members;
    this.#first = members[0]!;
    this.open = members.length;
    this.args = packMembers(members);
    const isAlone = members.length === 1;
    // n.b. one that is not alone is not run again as a whole when what runs it dies
    this.maxRedeliveries = isAlone ? this.#first.maxRedeliveries : 0;
    this.redeliveries = isAlone ? deathsOf(this.#first) : 0;
    this.isolate = this.#first.isolate || isSuspect(this.#first);
    this.headers = commonHeaders(members);
    this.timeLimitMs = least(members.map(({ timeLimitMs }) => timeLimitMs));
    this.softTimeLimitMs = least(members.map(({ softTimeLimitMs }) => softTimeLimitMs));
    this.trackStarted = members.some(({ trackStarted }) => trackStarted);
  }

  get id(): string {
    return this.#first.id;
  }

  get task(): string {
    return this.#first.task;
  }

  get retries(): number {
    return this.#first.retries;
  }

  get rootId(): string {
    return this.#first.rootId;
  }

  get parentId(): string | undefined {
    return this.#first.parentId;
  }

  get ancestors(): readonly string[] {
    return this.#first.ancestors;
  }

  get early(): boolean {
    return this.#first.early;
  }
}

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Those of the first, where all have the same: one call must not run with what came with another. */
function commonHeaders(members: readonly Job[]): Readonly<Record<string, string>> {
  const [text, ...others] = members.map(({ headers }) => JSON.stringify(headers));
  return others.every((other) => other === text) ? members[0]!.headers : NO_HEADERS;
}

function least(limits: readonly (number | undefined)[]): number | undefined {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
