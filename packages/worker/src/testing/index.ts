/**
 * Tests of tasks, without a broker and without waiting.
 * @module
 */
export { createTestWorker, TestWorker, type TestWorkerOptions } from "./test-worker.js";
export type { TestClock } from "./test-clock.js";
export type { SentCall } from "./sent-call.js";
