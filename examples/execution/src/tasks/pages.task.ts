import { currentTask, task } from "@taskgen/core";
import { get, HttpError } from "../http.js";
import { httpTask } from "../http-task.js";

/** Catches what goes wrong, logs it, and asks itself to run again after 1, 3 and 9 seconds. */
export const fetchPatiently = task(async (url: string) => {
  try {
    return await get(url);
  } catch (cause) {
    const { retries, log } = currentTask();
    const countdown = `${3 ** retries}s` as const;
    log.warn(`the server is not well; again in ${countdown}`);
    throw currentTask().retry({ countdown, cause });
  }
});

/** Tries again up to 7 times, every 5 seconds. */
export const fetchOften = task(
  { autoretryFor: [HttpError], maxRetries: 7, defaultRetryDelay: "5s" },
  async (url: string) => get(url),
);

/** Tries again after 1, 2, 4, 8 … seconds. */
export const fetchWithBackoff = task(
  { autoretryFor: [HttpError], retryBackoff: true, retryJitter: false, maxRetries: 4 },
  async (url: string) => get(url),
);

/** Tries again after up to 5, 10, 20 … seconds, drawn at random so that many tasks do not come back together. */
export const fetchWithJitter = task({ autoretryFor: [HttpError], retryBackoff: "5s" }, async (url: string) => get(url));

/** Has the options of `httpTask`, except for one of its own. */
export const fetchShared = httpTask({ retryBackoffMax: "3s" }, async (url: string) => get(url));
