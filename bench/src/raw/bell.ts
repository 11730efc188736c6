import { openSync, watch, writeSync, type FSWatcher } from "node:fs";

/** A file that one process touches to wake another, watched in the way of `@taskgen/core`. */
export class Bell {
  readonly #fd: number;
  readonly #path: string;
  #watcher: FSWatcher | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, "a+");
  }

  ring(): void {
    writeSync(this.#fd, ".", 0);
  }

  onRing(listener: () => void): void {
    this.#watcher = watch(this.#path, listener);
  }

  close(): void {
    this.#watcher?.close();
  }
}
