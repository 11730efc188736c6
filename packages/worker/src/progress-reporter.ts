import type { Progress, TaskDefinition } from "@taskgen/core";
import type { Codec, Reporting } from "@taskgen/core/internal";

/** How often what one task reports travels at most. */
const INTERVAL_MS = 100;

/** Where reports of one job go. */
export interface ReportSink {
  /** Takes an encoded value. */
  readonly add: (state: string, value: string) => void;
  /** Sends what it took, also when the event loop does not turn. */
  readonly flush: () => void;
  readonly warn: (message: string) => void;
}

/** What is known of the task. */
export interface ReportingTask {
  readonly definition: TaskDefinition;
  readonly codec: Codec;
}

/** Lets the reports of all tasks that wait for their time travel together. */
export class Pulse {
  readonly #waiting = new Set<ProgressReporter>();
  #timer: NodeJS.Timeout | undefined;

  /** What the reporter has is sent within the interval. */
  add(reporter: ProgressReporter): void {
    this.#waiting.add(reporter);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#beat(), INTERVAL_MS).unref();
  }

  remove(reporter: ProgressReporter): void {
    this.#waiting.delete(reporter);
  }

  #beat(): void {
    this.#timer = undefined;
    const due = [...this.#waiting].filter((reporter) => reporter.isDue);
    for (const reporter of due) reporter.sendRest();
    due.at(-1)?.flush();
    const [next] = this.#waiting;
    if (next !== undefined) this.add(next);
  }
}

/** Passes on what a running task reports: the first value at once, then the newest one every 100 ms, the last one always. */
export class ProgressReporter implements Reporting {
  readonly channel: Progress<never>;
  readonly #codec: Codec;
  readonly #pulse: Pulse;
  readonly #sink: ReportSink;
  #value: unknown;
  #state = "";
  #hasRest = false;
  #sentMs = -Infinity;
  #warned = false;
  #ended = false;

  private constructor(channel: Progress<never>, codec: Codec, { pulse, sink }: { pulse: Pulse; sink: ReportSink }) {
    this.channel = channel;
    this.#codec = codec;
    this.#pulse = pulse;
    this.#sink = sink;
  }

  /** Of a task that declares a channel; otherwise `undefined`. */
  static of(task: ReportingTask, pulse: Pulse, sink: ReportSink): ProgressReporter | undefined {
    const { progress } = task.definition.options;
    return progress && new ProgressReporter(progress, task.codec, { pulse, sink });
  }

  get isDue(): boolean {
    return performance.now() - this.#sentMs >= INTERVAL_MS;
  }

  /** n.b. a loop that never yields keeps every timer waiting: the clock is asked here too. */
  report(value: unknown, state: string): void {
    if (this.#ended) return;
    this.#value = value;
    this.#state = state;
    if (this.isDue) {
      this.#send();
      this.#sink.flush();
    } else if (!this.#hasRest) {
      this.#hasRest = true;
      this.#pulse.add(this);
    }
  }

  /** Adds what has waited, if anything has. */
  sendRest(): void {
    if (this.#hasRest) this.#send();
  }

  flush(): void {
    this.#sink.flush();
  }

  /** The task is over: what waits goes before its outcome. */
  end(): void {
    this.sendRest();
    this.#ended = true;
    this.#value = undefined;
  }

  #send(): void {
    this.#sentMs = performance.now();
    this.#hasRest = false;
    this.#pulse.remove(this);
    try {
      this.#sink.add(this.#state, this.#codec.encode(this.#value, "progress"));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** What cannot travel is no reason for a task to fail. */
  #refuse(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#sink.warn(`what the task reports is not sent: ${error instanceof Error ? error.message : String(error)}`);
  }
}
