import { closeSync, constants, openSync, watch, writeSync, type FSWatcher } from "node:fs";

/** Where nothing tells of changes the listener is called this often. */
const POLL_MS = 25;
const MARK = new Uint8Array(1);

/**
 * A file that processes touch to wake one another. Watching it costs nothing while nothing happens; some file systems and
 * containers cannot, there it is polled.
 */
export class WakeFile {
  readonly #path: string;
  readonly #listener: () => void;
  #fd: number | undefined;
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(path: string, listener: () => void) {
    this.#path = path;
    this.#listener = listener;
  }

  /** Every touch from now on is told, without polling. */
  get isWatched(): boolean {
    return this.#watcher !== undefined;
  }

  touch(): void {
    try {
      this.#fd ??= openSync(this.#path, constants.O_RDWR | constants.O_CREAT, 0o600);
      writeSync(this.#fd, MARK, 0, 1, 0);
    } catch {
      this.#closeFile(); // the others poll
    }
  }

  /** Calls the listener after every touch, its own too. */
  watch(): void {
    if (this.#watcher !== undefined || this.#poll !== undefined) return;
    try {
      closeSync(openSync(this.#path, "a", 0o600));
      this.#watcher = watch(this.#path, (event) => this.#onChange(event));
      this.#watcher.on("error", () => this.#startPolling());
    } catch {
      this.#startPolling();
    }
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearInterval(this.#poll);
    this.#poll = undefined;
    this.#closeFile();
  }

  #onChange(event: string): void {
    if (event === "rename") this.#watchAgain();
    this.#listener();
  }

  /** The file was removed or replaced. */
  #watchAgain(): void {
    this.close();
    this.watch();
  }

  #startPolling(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#poll ??= setInterval(this.#listener, POLL_MS);
  }

  #closeFile(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** The files next to a database, one for each kind of news. */
export interface WakeFiles {
  readonly work: WakeFile;
  readonly results: WakeFile;
  readonly topics: WakeFile;
}
