import type { ResultBackend } from "../../result-backend.js";
import { installedLink, WORKER_URL } from "./opener.js";

/** The result backend of the worker whose thread or process this is; `undefined` where there is none. */
export const workerResults = (): Promise<ResultBackend> | undefined =>
  installedLink()?.results({ url: WORKER_URL, prefix: "" });
