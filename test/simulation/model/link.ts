import { TransportError } from "@taskgen/core";
import type { TransportEvents } from "@taskgen/core/internal";
import { currentOwner, type VirtualTime } from "../virtual-time.js";
import type { Owner } from "../event-queue.js";
import type { Faults } from "./faults.js";

/** What a link lives in. */
export interface LinkHost {
  readonly time: VirtualTime;
  readonly faults: Faults;
  /** The process at this end. */
  readonly owner: Owner;
}

/** Ends a request that has no answer. */
type Fail = (certain: boolean) => void;

/** The network between a process and one server: requests take their time, get lost on either way, and wait while it is cut. */
export class Link {
  readonly #host: LinkHost;
  readonly #underWay = new Set<Fail>();
  #waiting: (() => void)[] = [];
  readonly #events: TransportEvents[] = [];
  #isUp = true;
  #isNoticed = true;
  #isClosed = false;

  constructor(host: LinkHost) {
    this.#host = host;
  }

  get isUp(): boolean {
    return this.#isUp && !this.#isClosed;
  }

  start(on: TransportEvents): void {
    this.#events.push(on);
    on.state("up");
  }

  /** Nothing gets through until `mend`. */
  cut(): void {
    if (!this.isUp) return;
    this.#isUp = false;
    this.#isNoticed = false;
    const { time, faults, owner } = this.#host;
    time.after(faults.latency(), () => this.#notice(), owner);
  }

  mend(): void {
    if (this.#isUp || this.#isClosed) return;
    this.#notice();
    this.#isUp = true;
    this.#tell("up");
    for (const go of this.#waiting.splice(0)) go();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Calls `go` once the link is up. */
  whenUp(go: () => void): void {
    if (this.isUp) go();
    else if (!this.#isClosed) this.#waiting.push(go);
  }

  /** Tells the process something, if it gets through. */
  tell(say: () => void): void {
    const { time, faults, owner } = this.#host;
    time.after(faults.latency(), () => this.isUp && this.#enter(say), owner);
  }

  /** Brings the process something, again and again until it gets through. */
  bring(what: () => void): void {
    const { time, faults, owner } = this.#host;
    const arrive = (): void => (this.isUp ? this.#enter(what) : this.whenUp(() => this.bring(what)));
    time.after(faults.latency(), arrive, owner);
  }

  /** Has the server do something, and brings what it answers. Rejects with a `TransportError` that says what is known. */
  request<T>(effect: () => T | Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = new Request({ ...this.#host, effect, isUp: () => this.isUp, resolve, reject });
      const fail: Fail = (certain) => request.fail(certain);
      const giveUp = (): void => request.fail(false);
      this.#underWay.add(fail);
      request.onEnd = () => {
        this.#underWay.delete(fail);
        signal?.removeEventListener("abort", giveUp);
      };
      signal?.addEventListener("abort", giveUp, { once: true });
      if (this.#isClosed) request.fail(true);
      else if (this.#isUp) request.send();
      // n.b. some clients wait for a connection, others say at once that there is none
      else if (this.#host.faults.random.chance(0.5)) this.#waiting.push(() => request.send());
      else this.#host.time.after(1 + this.#host.faults.latency(), () => request.fail(true), this.#host.owner);
    });
  }

  #notice(): void {
    if (this.#isNoticed || this.#isClosed) return;
    this.#isNoticed = true;
    this.#tell("down", "the network is cut");
    for (const fail of [...this.#underWay]) fail(false);
  }

  #tell(state: "up" | "down", reason?: string): void {
    this.#enter(() => this.#events.forEach((on) => on.state(state, reason)));
  }

  #enter(run: () => void): void {
    currentOwner.run(this.#host.owner, run);
  }
}

interface RequestOptions<T> extends LinkHost {
  readonly effect: () => T | Promise<T>;
  readonly isUp: () => boolean;
  readonly resolve: (value: T | Promise<T>) => void;
  readonly reject: (error: TransportError) => void;
}

/** One request: it is answered, or fails, once. */
class Request<T> {
  onEnd: () => void = () => {};
  readonly #options: RequestOptions<T>;
  #isOver = false;
  #isSent = false;

  constructor(options: RequestOptions<T>) {
    this.#options = options;
  }

  send(): void {
    if (this.#isOver) return;
    this.#isSent = true;
    const { time, faults, owner } = this.#options;
    const { requestMs, answerMs, fate } = faults.plan();
    if (fate === "refused") return void time.after(requestMs + answerMs, () => this.fail(true, "refused"), owner);
    const isLate = fate === "late";
    if (isLate) time.after(requestMs, () => this.fail(false), owner);
    faults.onTheirWay++;
    // n.b. what is on its way has its effect whatever becomes of its sender
    time.after(requestMs + (isLate ? 10 * answerMs : 0), () => this.#arrive(answerMs, fate === "unanswered"));
  }

  fail(certain: boolean, why = "no answer"): void {
    const isCertain = certain || !this.#isSent;
    this.#end(() =>
      this.#options.reject(new TransportError("BROKER_UNAVAILABLE", `simulated: ${why}`, { certain: isCertain })),
    );
  }

  #arrive(answerMs: number, isLost: boolean): void {
    const { time, owner, effect, isUp, resolve, faults } = this.#options;
    faults.onTheirWay--;
    // n.b. a cut network drops what is on its way, now and then after it has passed
    if (!isUp() && faults.random.chance(0.5)) return;
    const answer = effect();
    time.after(
      answerMs,
      () => {
        if (isLost) this.fail(false);
        else if (isUp()) this.#end(() => resolve(answer));
      },
      owner,
    );
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onEnd();
    tell();
  }
}
