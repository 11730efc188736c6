import type { SetupEntry, SetupModule } from "@taskgen/core";

interface Loaded {
  readonly source: string;
  readonly module: SetupModule;
}

/** The set-up modules of a thread or process that runs tasks. */
export class Setup {
  readonly #done: Loaded[];

  private constructor(done: Loaded[]) {
    this.#done = done;
  }

  /** Runs them in their order. When one fails, those before it are torn down, and this rejects. */
  static async run(entries: readonly SetupEntry[] = []): Promise<Setup> {
    const done: Loaded[] = [];
    for (const { source, load } of entries) {
      try {
        const module = await load();
        await module.setUp?.();
        done.push({ source, module });
      } catch (cause) {
        await new Setup(done).tearDown();
        throw failed("setUp", source, cause);
      }
    }
    return new Setup(done);
  }

  /** Has something to tear down. */
  get tearsDown(): boolean {
    return this.#done.some(({ module }) => module.tearDown !== undefined);
  }

  /** Tears down in reverse order, all of them and once; resolves to what failed. */
  async tearDown(): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (const { source, module } of this.#done.splice(0).toReversed()) {
      try {
        await module.tearDown?.();
      } catch (cause) {
        errors.push(failed("tearDown", source, cause));
      }
    }
    return errors;
  }
}

function failed(step: "setUp" | "tearDown", source: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${step} of ${source} failed: ${reason}`, { cause });
}
