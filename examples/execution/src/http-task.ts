import { task } from "@taskgen/core";
import { HttpError } from "./http.js";

/** What all tasks share that talk to servers of others: Celery's base task. */
export const httpTask = task.with({ autoretryFor: [HttpError], retryBackoff: true, retryJitter: false, maxRetries: 5 });
