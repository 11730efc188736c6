import type { AppInternals, SideState } from "@taskgen/core/internal";
import type { Consuming } from "./shut-down.js";

/**
 * What a worker does now. `disconnected`, `blocked`: its broker or its result backend is away, or takes nothing. `draining`:
 * it takes nothing more and finishes what runs. `failed`: it cannot go on by itself.
 */
export type HealthStatus = "starting" | "consuming" | "disconnected" | "blocked" | "draining" | "stopped" | "failed";

/** How one of a worker's connections is. */
export interface ConnectionHealth {
  readonly status: "up" | "down" | "blocked";
  /** Why it is not up, without credentials. */
  readonly reason?: string;
  /** How often it came up again after it had been down. */
  readonly reconnects: number;
}

/** How a worker is. */
export interface WorkerHealth {
  readonly status: HealthStatus;
  /** Why it does not consume. */
  readonly reason?: string;
  readonly broker: ConnectionHealth;
  readonly backend: ConnectionHealth;
  /** Those that it takes from, once it has begun to. */
  readonly queues: readonly string[];
  /** The tasks that it has taken and not ended. */
  readonly owned: number;
}

/** Where a worker is in its life, as far as the worker itself decides. */
type Phase = "idle" | "starting" | "running" | "draining" | "stopped" | "failed";

type Finding = Pick<WorkerHealth, "status" | "reason">;

const UNKNOWN: ConnectionHealth = { status: "down", reconnects: 0 };

const WAITING = {
  idle: { status: "stopped", reason: "it was not started" },
  draining: { status: "draining", reason: "it stops and finishes what runs" },
  stopped: { status: "stopped", reason: "it was stopped" },
} as const satisfies Partial<Record<Phase, Finding>>;

/** Keeps what a worker's health is told from; it is looked up only when somebody asks. */
export class Health {
  #phase: Phase = "idle";
  #app: AppInternals | undefined;
  #consuming: Consuming | undefined;
  #queues: readonly string[] = [];
  #failure: string | undefined;

  starting(): void {
    this.#enter("starting");
  }

  connecting(app: AppInternals): void {
    this.#app = app;
  }

  running(consuming: Consuming, queues: readonly string[]): void {
    this.#consuming = consuming;
    this.#queues = queues;
    this.#enter("running");
  }

  failed(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
    this.#enter("failed");
  }

  draining(): void {
    this.#enter("draining");
  }

  stopped(): void {
    this.#phase = "stopped";
  }

  read(): WorkerHealth {
    return {
      ...this.#finding(),
      broker: this.#sideOf("broker"),
      backend: this.#sideOf("backend"),
      queues: this.#queues,
      owned: this.#consuming?.consumer.owned ?? 0,
    };
  }

  /** n.b. one that failed or stops does not come back, whatever it still reports. */
  #enter(phase: Phase): void {
    if (this.#phase === "idle" || this.#phase === "starting" || this.#phase === "running") this.#phase = phase;
  }

  #sideOf(side: "broker" | "backend"): ConnectionHealth {
    return this.#app === undefined ? UNKNOWN : describe(this.#app.state.of(side));
  }

  #finding(): Finding {
    switch (this.#phase) {
      case "idle":
      case "draining":
      case "stopped":
        return WAITING[this.#phase];
      case "failed":
        return { status: "failed", reason: this.#failure! };
      case "starting":
        return { status: "starting", reason: this.#unconnected()?.reason ?? "it loads its tasks" };
      case "running":
        return this.#unconnected() ?? this.#unready() ?? { status: "consuming" };
    }
  }

  #unconnected(): Finding | undefined {
    for (const status of ["down", "blocked"] as const) {
      for (const side of ["broker", "backend"] as const) {
        const { status: now, reason } = this.#sideOf(side);
        if (now !== status) continue;
        const why = reason === undefined ? "" : `: ${reason}`;
        return { status: status === "down" ? "disconnected" : "blocked", reason: `the ${side} is ${status}${why}` };
      }
    }
    return undefined;
  }

  #unready(): Finding | undefined {
    if (this.#consuming?.pool.ready !== false) return undefined;
    return { status: "starting", reason: "nothing of its pool is ready to run tasks" };
  }
}

const describe = ({ status, reason, reconnects }: SideState): ConnectionHealth => ({
  status,
  ...(reason !== undefined && { reason }),
  reconnects,
});
