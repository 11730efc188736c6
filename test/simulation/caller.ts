import { milliseconds, PublishError, TaskError, type CallOptions, type Duration, type Settled } from "@taskgen/core";
import type { SimulatedProcess } from "./process.js";
import { isEarly, maxRetriesOf } from "./tasks.js";

/** A call to be made. */
export interface PlannedCall {
  readonly task: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions & { readonly expires?: Duration };
}

/** Makes the calls of a process, and takes down what becomes of them. */
export class Caller {
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  /** Makes a call, and waits for what comes of it. */
  make({ task, args, options }: PlannedCall): void {
    const { world, name: by } = this.#process;
    const { now } = world.time;
    const id = options.taskId ?? world.newId();
    const { countdown, expires } = options;
    const after = (wait: Duration | undefined): number | undefined => wait && now + milliseconds(wait);
    world.history.add({
      ...{ kind: "call", id, task, by, early: isEarly(task), maxRetries: maxRetriesOf(task) },
      ...{
        ignoreResult: options.ignoreResult === true,
        eta: after(countdown),
        expires: after(expires),
      },
    });
    this.#process.enter(() => this.#send(id, { task, args, options }));
  }

  /** A task's own call: what it comes to is waited for. */
  async inTask(id: string, ms: number): Promise<void> {
    const { world, name: by } = this.#process;
    world.history.add({
      ...{ kind: "call", id, task: "echo", by, early: false, maxRetries: 0, ignoreResult: false },
    });
    const result = await this.#sent(id, this.#process.app.sendUnchecked("echo", [ms], { taskId: id }));
    const settled = await result.settled({ allowJoin: true });
    this.#tellOutcome(id, settled);
  }

  revoke(id: string): void {
    const {
      world: { history },
      name: by,
    } = this.#process;
    history.add({ kind: "revoke", id, by, done: false });
    this.#process
      .enter(() => this.#process.app.revoke(id))
      .then(
        () => this.#process.isAlive && history.add({ kind: "revoke", id, by, done: true }),
        () => {},
      );
  }

  /** Reads what a call of anybody came to; what cannot be read is not told. */
  async read(id: string): Promise<void> {
    const result = this.#process.app.result(id);
    await result.settled({ timeout: "30s" }).then(
      (settled) => this.#tellOutcome(id, settled),
      () => {},
    );
  }

  #send(id: string, { task, args, options }: PlannedCall): void {
    const { world, app } = this.#process;
    const call = app.sendUnchecked(task, args, { ...options, taskId: id });
    const over = world.opens(this.#process);
    void this.#sent(id, call)
      .finally(over)
      .then(
        (result) => this.#process.isAlive && options.ignoreResult !== true && this.#wait(id, result, isEarly(task)),
        () => {},
      );
  }

  async #sent<T>(id: string, call: Promise<T>): Promise<T> {
    const tell = (how: "ok" | "certain" | "unknown"): void => {
      if (this.#process.isAlive) this.#process.world.history.add({ kind: "sent", id, how });
    };
    try {
      const result = await call;
      tell("ok");
      return result;
    } catch (error) {
      tell(error instanceof PublishError && error.code === "ENQUEUE_UNKNOWN" ? "unknown" : "certain");
      throw error;
    }
  }

  #wait(id: string, result: { settled(): Promise<Settled<unknown, Error>> }, isEarly: boolean): void {
    const { world, name: by } = this.#process;
    world.history.add({ kind: "wait", id, by });
    const over = world.opens(this.#process, { isEarly });
    result.settled().then(
      (settled) => {
        over();
        return this.#process.isAlive && this.#tellOutcome(id, settled);
      },
      () => over(), // n.b. closed
    );
  }

  #tellOutcome(id: string, settled: Settled<unknown, Error>): void {
    const { state } = settled;
    const value = settled.ok ? String(settled.value) : describe(settled.error);
    this.#process.world.history.add({ kind: "outcome", id, by: this.#process.name, state, value });
  }
}

const describe = (error: Error): string =>
  error instanceof TaskError ? `${error.remote.name}: ${error.remote.message}` : `${error.name}: ${error.message}`;
