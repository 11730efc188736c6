import type { ResultRecord } from "../../result-backend.js";
import { keepAlive } from "../keep-alive.js";
import { Waiters } from "../waiters.js";
import type { News, NewsReader } from "./news.js";
import type { Records } from "./records.js";

/** Who in this process waits for which results. The process stays alive as long as somebody waits. */
export class ResultWaits implements NewsReader {
  readonly #news: News;
  readonly #records: Records;
  readonly #waiters = new Waiters<ResultRecord>({ wanted: (id) => this.#look(id), hold: keepAlive });
  /** Ids to look for; those of one tick travel together. */
  #fresh = new Set<string>();
  #isClosed = false;

  constructor(news: News, records: Records) {
    this.#news = news;
    this.#records = records;
  }

  wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    return this.#waiters.wait(id, signal);
  }

  collect(ids: readonly string[], told: (record: ResultRecord) => void, signal?: AbortSignal): Promise<void> {
    return this.#waiters.collect(ids, told, signal);
  }

  readonly told = (ids: readonly string[]): void => {
    for (const id of ids) if (this.#waiters.has(id)) this.#look(id);
  };

  readonly resumed = (): void => this.told(this.#waiters.ids);

  close(reason: Error): void {
    this.#isClosed = true;
    this.#waiters.dismiss(reason);
  }

  #look(id: string): void {
    this.#fresh.add(id);
    if (this.#fresh.size === 1) queueMicrotask(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    const ids = [...this.#fresh].filter((id) => this.#waiters.has(id));
    this.#fresh = new Set();
    if (ids.length === 0 || this.#isClosed) return;
    try {
      await this.#news.attend();
      for (const record of await this.#records.find(ids)) this.#waiters.serve(record.id, record);
    } catch (error) {
      for (const id of ids) this.#waiters.fail(id, error);
    }
  }
}
