import { EventEmitter } from "node:events";
import type { LinkPort } from "@taskgen/core/internal";
import type { LinkMessage } from "./protocol.js";

/** One end of the link between a pool process and the main one, beside what else their channel carries. */
export class IpcPort extends EventEmitter implements LinkPort {
  readonly #send: (message: LinkMessage) => void;

  constructor(send: (message: LinkMessage) => void) {
    super();
    this.#send = send;
  }

  postMessage(message: unknown): void {
    this.#send({ kind: "link", message });
  }

  /** To be called with what the other end posted. */
  deliver({ message }: LinkMessage): void {
    this.emit("message", message);
  }

  /** To be called when the other end is gone. */
  close(): void {
    this.emit("close");
  }

  /** n.b. a pool process lives until it is ended, whatever it waits for. */
  ref(): void {}

  unref(): void {}
}
