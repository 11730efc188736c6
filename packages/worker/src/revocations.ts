import type { RemoteError } from "@taskgen/core";
import {
  canRevoke,
  decodeNotice,
  REVOKE_PLACE,
  REVOKE_TOPIC,
  RevocationMap,
  type AppInternals,
  type Connection,
  type Descent,
  type Emitter,
  type Revocation,
  type Unlisten,
} from "@taskgen/core/internal";
import type { WorkerEvents } from "./events.js";
import { pause } from "./pause.js";
import type { Verdict } from "./verdict.js";

/** What a worker's revocations work with. */
export interface RevocationsOptions {
  readonly app: Pick<AppInternals, "options" | "state">;
  readonly connection: Connection;
  readonly events: Emitter<WorkerEvents>;
}

/** That a task is revoked, itself or with one that it descends from. */
export interface Revoked {
  readonly terminate: boolean;
  readonly error: RemoteError;
}

const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/**
 * The revocations that a worker knows: those that are kept, read when it starts and whenever a connection was lost, and
 * those that it hears of.
 */
export class Revocations {
  readonly #options: RevocationsOptions;
  readonly #known: RevocationMap;
  readonly #halt = new AbortController();
  #onAdded: (() => void) | undefined;
  #unlisten: Unlisten | undefined;
  #unwatch: (() => void) | undefined;
  #isBehind = false;
  #isReading = false;

  constructor(options: RevocationsOptions) {
    this.#options = options;
    this.#known = new RevocationMap(options.app.options.ambient.now);
  }

  /** Resolves when all that are kept are known. `onAdded`: there are more. Rejects when they cannot be read. */
  async start(onAdded: () => void): Promise<void> {
    this.#onAdded = onAdded;
    this.#unwatch = this.#options.app.state.onChange((_, { status }) => {
      if (status === "up") this.#catchUp();
    });
    this.#isReading = true;
    await this.#read();
    this.#isReading = false;
    if (this.#isBehind) this.#catchUp();
  }

  /** Stopping twice, or before starting, is safe. */
  async stop(): Promise<void> {
    this.#halt.abort();
    this.#unwatch?.();
    await this.#letGo();
    this.#known.dispose();
  }

  /** What is known of a task. */
  find(id: string, descent: Descent): Revoked | undefined {
    if (this.#known.isEmpty) return undefined;
    const own = this.#known.get(id);
    if (own === undefined && descent.parentId === undefined) return undefined;
    const all = [own ?? [], this.#above(descent)].flat();
    if (all.length === 0) return undefined;
    return { terminate: all.some(({ terminate }) => terminate), error: errorOf(all[0]!, id) };
  }

  /** The end of a task that has not begun. */
  readonly verdictOn = (id: string, descent: Descent): Verdict | undefined => {
    const revoked = this.find(id, descent);
    return revoked && { kind: "revoke", error: revoked.error };
  };

  /** What holds for all that descends from one of these. */
  #above({ rootId, parentId, ancestors = [] }: Descent): readonly Revocation[] {
    const elders = [parentId, rootId, ...ancestors].flatMap((id) => (id && this.#known.get(id)) || []);
    return elders.filter(({ children }) => children);
  }

  /** Something may have been missed: reads again, until that succeeds. */
  #catchUp(): void {
    this.#isBehind = true;
    if (!this.#isReading) void this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { signal } = this.#halt;
    this.#isReading = true;
    for (let delay = RETRY_MIN_MS; this.#isBehind && !signal.aborted;) {
      this.#isBehind = false;
      try {
        await this.#read();
      } catch (error) {
        if (signal.aborted) return;
        this.#isBehind = true;
        this.#warn(error);
        await pause(delay, signal);
        delay = Math.min(RETRY_MAX_MS, delay * 2);
      }
    }
    this.#isReading = false;
  }

  /** Listens first: what is revoked while it reads is heard. */
  async #read(): Promise<void> {
    const { transport, results } = this.#options.connection;
    const before = this.#unlisten;
    this.#unlisten = await transport.listen(REVOKE_TOPIC, (bytes) => this.#heard(bytes));
    await before?.();
    if (this.#halt.signal.aborted) return this.#letGo();
    if (canRevoke(results)) this.#add(await results.marks());
  }

  #heard(bytes: Uint8Array): void {
    try {
      const { sealer } = this.#options.connection;
      const { ids, ...notice } = decodeNotice(sealer === undefined ? bytes : sealer.openBody(REVOKE_PLACE, bytes));
      this.#add(ids.map((id) => ({ id, ...notice })));
    } catch (error) {
      this.#warn(error);
    }
  }

  #add(revocations: readonly Revocation[]): void {
    if (revocations.length === 0 || this.#halt.signal.aborted) return;
    for (const revocation of revocations) this.#known.add(revocation);
    this.#onAdded?.();
  }

  async #letGo(): Promise<void> {
    const unlisten = this.#unlisten;
    this.#unlisten = undefined;
    await unlisten?.().catch(() => {}); // gone with its connection
  }

  #warn(reason: unknown): void {
    const error = new Error(`revocations are not all known: ${String(reason)}`, { cause: reason });
    this.#options.events.emit("warning", () => ({ error }));
  }
}

const errorOf = (revocation: Revocation, id: string): RemoteError => ({
  name: "TaskRevoked",
  code: "TASK_REVOKED",
  message: revocation.id === id ? "it was revoked" : `it was revoked with ${revocation.id}, from which it descends`,
});
