import type { Connection } from "./connection.js";
import type { Session } from "./session.js";

/** What changed: a result, events, items of a stream, how far a stream was read. */
export type NewsKind = "r" | "e" | "s" | "d";

/** Who is told. */
export interface NewsReader {
  readonly told: (ids: readonly string[]) => void;
  /** Something may have been missed. */
  readonly resumed: () => void;
}

/** n.b. Postgres takes payloads of less than 8,000 bytes. */
const MAX_PAYLOAD = 7_900;
/** How often whoever waits looks whether it was told: a pooler between us and the server may swallow what is told. */
const RECHECK_MS = 10_000;

/** Notices that these ids changed, as few as possible. */
export function newsOf(kind: NewsKind, ids: readonly string[]): string[] {
  const notices: string[] = [];
  let part: string[] = [];
  let size = 3;
  for (const id of ids) {
    const bytes = Buffer.byteLength(JSON.stringify(id)) + 1;
    if (part.length > 0 && size + bytes > MAX_PAYLOAD) {
      notices.push(kind + JSON.stringify(part));
      part = [];
      size = 3;
    }
    part.push(id);
    size += bytes;
  }
  if (part.length > 0) notices.push(kind + JSON.stringify(part));
  return notices;
}

/** What other processes tell of changes. It is listened to from the first time that somebody attends. */
export class News {
  readonly #connection: Connection;
  readonly #onError: (error: Error) => void;
  readonly #readers = new Map<string, NewsReader>();
  #isAttended = false;
  #rechecks: NodeJS.Timeout | undefined;

  constructor(connection: Connection, onError: (error: Error) => void) {
    this.#connection = connection;
    this.#onError = onError;
    connection.onRenewed((session) => void this.#renew(session));
  }

  on(kind: NewsKind, reader: NewsReader): void {
    this.#readers.set(kind, reader);
  }

  /** Resolves when all that is told from now on arrives here. */
  async attend(ends?: AbortSignal): Promise<void> {
    this.#isAttended = true;
    this.#rechecks ??= setInterval(() => this.#resume(), RECHECK_MS).unref();
    await this.#connection.perform((session) => this.#listen(session), ends);
  }

  close(): void {
    clearInterval(this.#rechecks);
    this.#readers.clear();
  }

  #listen(session: Session): Promise<void> {
    return session.listen(this.#connection.schema.channel, (payload) => this.#tell(payload));
  }

  async #renew(session: Session): Promise<void> {
    if (!this.#isAttended) return;
    try {
      await this.#listen(session);
      this.#resume();
    } catch (error) {
      if (session.ended === undefined) this.#onError(error as Error);
    }
  }

  #resume(): void {
    for (const { resumed } of this.#readers.values()) resumed();
  }

  /** n.b. anybody may tell something on our channel. */
  #tell(payload: string): void {
    const reader = this.#readers.get(payload.slice(0, 1));
    if (reader === undefined) return;
    try {
      const ids: unknown = JSON.parse(payload.slice(1));
      if (Array.isArray(ids)) reader.told(ids.filter((id) => typeof id === "string"));
    } catch {
      reader.resumed();
    }
  }
}
