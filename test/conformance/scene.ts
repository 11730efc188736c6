import { onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";
import type { Implementation, Participant, Peer, Space } from "./implementation.js";

/** What one case of a suite works with. All it opens is closed after the test. */
export class Scene {
  readonly queue = namespace("q");
  readonly #space: Space;
  readonly #prefix = namespace("p");

  private constructor(space: Space) {
    this.#space = space;
  }

  static async set(implementation: Implementation): Promise<Scene> {
    return new Scene(await implementation.space());
  }

  /** A participant that has declared the scene's queue. */
  async open(prefix: string = this.#prefix): Promise<Participant> {
    const participant = await this.#space.open(prefix);
    onTestFinished(() => close(participant));
    await participant.transport.declare([{ name: this.queue }]);
    return participant;
  }

  async peer(): Promise<Peer> {
    return this.#space.peer(this.#prefix);
  }
}

/** Closes both halves; fails when that hangs. */
export async function close({ transport, results }: Participant, ms = 3_000): Promise<void> {
  const deadline = AbortSignal.timeout(ms);
  await within("closing", Promise.all([transport.close(deadline), results.close(deadline)]), ms + 5_000);
}
