import { milliseconds, type Ambient, type Duration } from "@taskgen/core";

interface Alarm {
  readonly at: number;
  readonly ring: () => void;
}

/**
 * The time of a test worker: it stands still until a test moves it. It governs what waits in the broker (countdowns, ETAs,
 * retries, expiry); time limits of running tasks go by the real clock.
 */
export class TestClock {
  readonly #settled: () => Promise<void>;
  readonly #alarms = new Set<Alarm>();
  #ms: number;

  /** `settled` resolves when nothing runs. */
  constructor(start: Date, settled: () => Promise<void>) {
    this.#ms = start.getTime();
    this.#settled = settled;
  }

  get now(): Date {
    return new Date(this.#ms);
  }

  /** When the next thing is due that waits for a time. */
  get nextDue(): Date | undefined {
    const next = this.#next();
    return next && new Date(next.at);
  }

  /** Moves the time on. What becomes due on the way runs at its time, one after the other, to its end. */
  advance(by: Duration): Promise<void> {
    return this.#moveTo(this.#ms + milliseconds(by));
  }

  /** The same up to a time; a time that has passed changes nothing. */
  advanceTo(time: Date): Promise<void> {
    return this.#moveTo(time.getTime());
  }

  /** Moves the time to `time`, and does not wait for what becomes due. */
  skipTo(time: Date): void {
    for (let next = this.#next(); next !== undefined && next.at <= time.getTime(); next = this.#next())
      this.#ring(next);
    this.#ms = Math.max(this.#ms, time.getTime());
  }

  /** What the engine knows the time from. */
  get ambient(): Pick<Ambient, "now" | "setAlarm"> {
    return {
      now: () => this.#ms,
      setAlarm: (ring, ms) => {
        const alarm = { at: this.#ms + ms, ring };
        this.#alarms.add(alarm);
        return () => void this.#alarms.delete(alarm);
      },
    };
  }

  async #moveTo(target: number): Promise<void> {
    await this.#settled();
    for (let next = this.#next(); next !== undefined && next.at <= target; next = this.#next()) {
      this.#ring(next);
      await this.#settled();
    }
    this.#ms = Math.max(this.#ms, target);
  }

  #ring(alarm: Alarm): void {
    this.#alarms.delete(alarm);
    this.#ms = Math.max(this.#ms, alarm.at);
    alarm.ring();
  }

  #next(): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) if (first === undefined || alarm.at < first.at) first = alarm;
    return first;
  }
}
