import type { Revocation } from "../../powers.js";
import { inChunks } from "./chunks.js";
import type { Hub } from "./hub.js";
import { lifetime } from "./record-format.js";
import { mark, marks } from "./scripts.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;
/** About how many one script reads: more would keep the server from others for too long. */
const PAGE = 1_000;
/** What a score adds to its time: see `Keys`. */
const TERMINATE = 1;
const CHILDREN = 2;
const FORCES = 4;

type Page = readonly [now: Buffer, next: Buffer, pairs: readonly Buffer[]];

/** The revocations of one prefix. */
export class Revocations {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async add(batch: readonly Revocation[]): Promise<void> {
    this.#hub.open();
    const deadline = AbortSignal.timeout(LIMIT_MS);
    for (const chunk of inChunks(batch, () => 0)) {
      const args = chunk.flatMap(({ id, ttlMs, terminate, children }) => [
        id,
        lifetime(ttlMs),
        (terminate ? TERMINATE : 0) + (children ? CHILDREN : 0),
      ]);
      await this.#hub.perform((session) => session.script(mark, [this.#hub.keys.revoked], args), deadline);
    }
  }

  /** n.b. one that is there all the time is found at least once, whatever changes between two pages. */
  async all(): Promise<readonly Revocation[]> {
    this.#hub.open();
    const found = new Map<string, Revocation>();
    for (let cursor = "0"; ;) {
      const [now, next, pairs] = await this.#page(cursor);
      for (let i = 0; i < pairs.length; i += 2) {
        const revocation = toRevocation(pairs[i]!.toString(), Number(pairs[i + 1]!), Number(now));
        if (revocation.ttlMs > 0) found.set(revocation.id, revocation);
      }
      cursor = next.toString();
      if (cursor === "0") return [...found.values()];
    }
  }

  async #page(cursor: string): Promise<Page> {
    const read = this.#hub.perform(
      (session) => session.script(marks, [this.#hub.keys.revoked], [cursor, PAGE]),
      AbortSignal.timeout(LIMIT_MS),
    );
    return (await read) as Page;
  }
}

function toRevocation(id: string, score: number, now: number): Revocation {
  const force = score % FORCES;
  const endsAt = (score - force) / FORCES;
  return { id, ttlMs: endsAt - now, terminate: force % CHILDREN === TERMINATE, children: force >= CHILDREN };
}
