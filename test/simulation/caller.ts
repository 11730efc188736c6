import {
  milliseconds,
  PublishError,
  type App,
  type AsyncResult,
  type CallOptions,
  type Duration,
  type Settled,
  type Stub,
} from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describeError } from "./describe-error.js";
import { keyOf, optionsOf, sameAs } from "./features.js";
import type { SimulatedProcess } from "./process.js";
import { readItems, type StreamedResult } from "./reader.js";

/** A call to be made. */
export interface PlannedCall {
  readonly task: string;
  readonly args: readonly unknown[];
  readonly options: CallOptions & { readonly expires?: Duration };
  /** Its task yields so many items, which are read. */
  readonly items?: number;
  /** The reader leaves after so many. */
  readonly leavesAfter?: number;
}

/** Makes the calls of a process, and takes down what becomes of them. */
export class Caller {
  readonly #process: SimulatedProcess;

  constructor(process: SimulatedProcess) {
    this.#process = process;
  }

  /** Makes a call, and waits for what comes of it. */
  make(call: PlannedCall): void {
    const { task, args, options } = call;
    const { world, name: by } = this.#process;
    const { now } = world.time;
    const id = options.taskId ?? world.newId();
    const { countdown, expires } = options;
    const same = sameAs(call);
    const after = (wait: Duration | undefined): number | undefined => wait && now + milliseconds(wait);
    world.history.add({
      ...{ kind: "call", id, task, by, early: isEarly(task), maxRetries: maxRetriesOf(task) },
      ...{
        ignoreResult: options.ignoreResult === true,
        key: keyOf(task, args),
        items: call.items,
        sameAs: same?.key,
        sameForMs: same?.ms,
        eta: after(countdown),
        expires: after(expires),
      },
    });
    this.#process.enter(() => this.#send(id, call));
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

  #send(id: string, call: PlannedCall): void {
    const { task, args, options } = call;
    const { world, app } = this.#process;
    const sending = stubOf(app, task).applyAsync([...args], { ...options, taskId: id });
    const over = world.opens(this.#process);
    void this.#sent(id, sending)
      .finally(over)
      .then(
        (result) => this.#process.isAlive && options.ignoreResult !== true && this.#follow(result, call),
        () => {},
      );
  }

  async #sent<T extends { readonly id: string }>(id: string, call: Promise<T>): Promise<T> {
    const tell = (how: "ok" | "certain" | "unknown"): void => {
      if (this.#process.isAlive) this.#process.world.history.add({ kind: "sent", id, how });
    };
    try {
      const result = await call;
      tell("ok");
      if (result.id !== id) this.#tellKnown(id, result.id);
      return result;
    } catch (error) {
      tell(error instanceof PublishError && error.code === "ENQUEUE_UNKNOWN" ? "unknown" : "certain");
      throw error;
    }
  }

  /** Waits for what comes of it, and reads what it yields. */
  #follow(result: AsyncResult<unknown>, { task, items, leavesAfter }: PlannedCall): void {
    this.#wait(result, isEarly(task));
    if (items !== undefined) readItems(this.#process, result as unknown as StreamedResult, leavesAfter);
  }

  #tellKnown(id: string, as: string): void {
    const { isAlive, name: by, world } = this.#process;
    if (isAlive) world.history.add({ kind: "known", id, by, as });
  }

  #wait(result: Pick<AsyncResult<unknown>, "id" | "settled">, isEarly: boolean): void {
    const { world, name: by } = this.#process;
    const { id } = result;
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
    const value = settled.ok ? String(settled.value) : describeError(settled.error);
    this.#process.world.history.add({ kind: "outcome", id, by: this.#process.name, state, value });
  }
}

/** What the generator makes of a task. */
function stubOf(app: App, task: string): Stub<unknown[], unknown> {
  const { dedupe, debounce, throttle } = optionsOf(task);
  return stub(app, task, { ...(dedupe && { dedupe }), ...(debounce && { debounce }), ...(throttle && { throttle }) });
}

const isEarly = (task: string): boolean => optionsOf(task).ack === "early";
/** n.b. tasks that are tried again say how often. */
const maxRetriesOf = (task: string): number => optionsOf(task).maxRetries ?? 0;
