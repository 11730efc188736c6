import type { Connection } from "./connection.js";
import { asError, PRECONDITION_FAILED, refused, replyCode, textOf } from "./failure.js";
import type { Session } from "./session.js";
import type { OnMismatch } from "./settings.js";
import { declare, type Fixture, keyOf } from "./topology.js";

interface Declared {
  readonly session: Session;
  readonly fixtures: Map<string, Promise<void>>;
  /** The keys of what is there for certain. */
  readonly done: Set<string>;
}

/** Declares what is needed, once in the life of a session, on channels of its own. */
export class Declarer {
  readonly #connection: Connection;
  readonly #onMismatch: OnMismatch;
  #declared: Declared | undefined;

  constructor(connection: Connection, onMismatch: OnMismatch) {
    this.#connection = connection;
    this.#onMismatch = onMismatch;
  }

  /** Whether all of it is there, as far as is known. */
  has(fixtures: readonly Fixture[]): boolean {
    const declared = this.#declared;
    if (declared === undefined || declared.session.isLost) return false;
    return fixtures.every((fixture) => declared.done.has(keyOf(fixture)));
  }

  /**
   * Resolves when all of it is there; waits for a connection as long as it takes.
   * @throws TransportError `BROKER_ERROR` when the broker refuses, `TRANSPORT_CLOSED`.
   */
  async ensure(fixtures: readonly Fixture[]): Promise<void> {
    for (;;) {
      const session = await this.#connection.session();
      try {
        for (const fixture of fixtures) await this.#once(this.#of(session), fixture);
        return;
      } catch (error) {
        if (!session.isLost) throw error;
        await session.ended;
      }
    }
  }

  /** Something of it turned out to be gone. */
  forget(fixtures: readonly Fixture[]): void {
    for (const key of fixtures.map(keyOf)) {
      this.#declared?.done.delete(key);
      this.#declared?.fixtures.delete(key);
    }
  }

  /** It is not known any more what is there. */
  clear(): void {
    this.#declared = undefined;
  }

  #of(session: Session): Declared {
    if (this.#declared?.session !== session) this.#declared = { session, fixtures: new Map(), done: new Set() };
    return this.#declared;
  }

  #once(declared: Declared, fixture: Fixture): Promise<void> {
    const key = keyOf(fixture);
    const known = declared.fixtures.get(key);
    if (known !== undefined) return known;
    const declaring = this.#declare(declared.session, fixture);
    declared.fixtures.set(key, declaring);
    declaring.then(
      () => declared.done.add(key),
      () => declared.fixtures.delete(key),
    );
    return declaring;
  }

  async #declare(session: Session, fixture: Fixture): Promise<void> {
    try {
      await session.scratch((channel) => declare(channel, fixture));
    } catch (error) {
      if (session.isLost) throw error;
      if (replyCode(error) !== PRECONDITION_FAILED)
        throw refused(`${this.#connection.location} refuses ${keyOf(fixture)}`, error);
      if (this.#onMismatch === "error" || fixture.kind === "binding") throw mismatch(fixture, error);
    }
  }
}

/** The server names the argument: `inequivalent arg 'x-queue-type' for queue 'a' in vhost '/': received 'b' but current is 'c'`. */
function mismatch(fixture: Fixture, error: unknown): Error {
  const [, argument] = /inequivalent arg '([^']+)'/.exec(textOf(error)) ?? [];
  const what = argument === undefined ? "" : ` in ${argument}`;
  return refused(
    `${keyOf(fixture)} exists and differs${what}; delete it, or add onMismatch=use to the broker's URL to use it as it is`,
    asError(error),
  );
}
