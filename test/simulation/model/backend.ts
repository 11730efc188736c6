import type {
  Admission,
  Entrant,
  HeldSlot,
  Limiting,
  LimitRules,
  Registers,
  StreamChunk,
  Streaming,
  StreamPage,
  StreamPosition,
  StreamPull,
  Swap,
  Turns,
} from "@taskgen/core/internal";
import type { ModelRegisters } from "./registers.js";
import { ModelResults, type ModelResultsOptions } from "./results.js";
import type { ModelRooms } from "./rooms.js";
import type { ModelStreams } from "./streams.js";

/** What a result backend of the simulation with all powers is made of. */
export interface ModelBackendOptions extends ModelResultsOptions {
  readonly rooms: ModelRooms;
  readonly registers: ModelRegisters;
  readonly streams: ModelStreams;
  /** Slots could not be renewed. */
  readonly unrenewed: () => void;
  /** It is not known what became of a swap. */
  readonly unswapped: (keys: readonly string[]) => void;
}

/** A connection to the model store with the powers that only some stores have. */
export class ModelBackend extends ModelResults implements Limiting, Registers, Streaming {
  readonly #options: ModelBackendOptions;

  constructor(options: ModelBackendOptions) {
    super(options);
    this.#options = options;
  }

  admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    const { link, rooms } = this.#options;
    return link.request(() => rooms.admit(room, rules, batch));
  }

  turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    const { link, rooms } = this.#options;
    return link.request(() => rooms.turns(room, rules, max));
  }

  sent(room: string, ids: readonly string[]): Promise<void> {
    const { link, rooms } = this.#options;
    return link.request(() => rooms.sent(room, ids));
  }

  leave(room: string, batch: readonly HeldSlot[]): Promise<boolean> {
    const { link, rooms } = this.#options;
    return link.request(() => rooms.leave(room, batch));
  }

  rooms(): Promise<readonly string[]> {
    const { link, rooms } = this.#options;
    return link.request(() => rooms.rooms());
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    const { link, registers, unswapped } = this.#options;
    try {
      return await link.request(() => registers.swap(batch));
    } catch (error) {
      unswapped(batch.map(({ key }) => key));
      throw error;
    }
  }

  async renew(room: string, batch: readonly HeldSlot[]): Promise<void> {
    const { link, rooms, unrenewed } = this.#options;
    try {
      await link.request(() => rooms.renew(room, batch));
    } catch (error) {
      unrenewed();
      throw error;
    }
  }

  push(chunk: StreamChunk): Promise<StreamPosition> {
    const { link, streams } = this.#options;
    return link.request(() => streams.push(chunk));
  }

  drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    return this.until(id, () => this.#options.streams.drained(id, read), signal);
  }

  pull(request: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    return this.until(request.id, () => this.#options.streams.pull(request), signal);
  }
}
