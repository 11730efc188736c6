import type { PutOutcome, ResultBackend, Transport } from "@taskgen/core/internal";

/** One who takes part: a transport and the results of the same URL, both started. */
export interface Participant {
  readonly transport: Transport;
  readonly results: ResultBackend;
}

/** A participant in another process where the implementation has such; it can die and it can hang. */
export interface Peer {
  /** Waits until it owns `count` messages; their ids. */
  consume(queue: string, count: number): Promise<readonly string[]>;
  /** Takes nothing more; what it owns it keeps. */
  stop(): Promise<void>;
  /** Settles all it took as done; what the transport answered, errors by their code. */
  settle(): Promise<readonly string[]>;
  /** The ids of all it took, once the last of them was lost. */
  lost(): Promise<readonly string[]>;
  send(queue: string, id: string): Promise<string>;
  put(id: string, text: string): Promise<PutOutcome>;
  /** The text of a result, once there is one. */
  wait(id: string): Promise<string>;
  /** Dies without a word. */
  kill(): Promise<void>;
  /** Hangs, so that it loses its lease, until `done`. */
  hangUntil(done: Promise<unknown>): Promise<void>;
}

/** A broker, or a corner of one, that one test has for itself. */
export interface Space {
  /** Opens and starts one more participant. Participants of different prefixes do not meet. */
  open(prefix: string): Promise<Participant>;
  peer(prefix: string): Promise<Peer>;
}

/** What the suites are run against. */
export interface Implementation {
  readonly name: string;
  /** A new space; it is removed after the test. */
  space(): Promise<Space>;
  /** Cases that this implementation cannot pass, and why. */
  readonly skip?: Readonly<Record<string, string>>;
}
