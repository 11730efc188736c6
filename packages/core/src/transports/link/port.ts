/** One end of a link: what is posted to one end is a message at the other. A `MessagePort` is one. */
export interface LinkPort {
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "close", listener: () => void): unknown;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Keeps the process alive from now on. */
  ref(): void;
  unref(): void;
}
