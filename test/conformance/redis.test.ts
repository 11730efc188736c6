import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { RedisServer } from "../support/redis-server.js";
import { fusedSuite } from "./fused-suite.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

let server: RedisServer;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "taskgen-test-"));
  server = await RedisServer.startIn(directory);
});

afterAll(async () => {
  await server.kill();
  await rm(directory, { recursive: true, force: true });
});

const redis = urlImplementation({
  name: "redis",
  url: async () => server.url,
  reach: "other processes",
  options: { leaseMs: 1_500, heartbeatMs: 300 },
});

transportSuite(redis);
resultsSuite(redis);
fusedSuite(redis);
