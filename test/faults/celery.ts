import type { CeleryTests } from "./celery/celery-tests.js";
import { integration } from "./celery/integration.js";
import { smoke } from "./celery/smoke.js";
import { untested } from "./celery/untested.js";
import { smokeOfWorkers } from "./celery/workers.js";

/** What Celery tests, and what it does not, each with its answer. */
export const celeryTests: readonly CeleryTests[] = [...smokeOfWorkers, ...smoke, ...integration, ...untested];
