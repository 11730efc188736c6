import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { RedisCluster } from "../support/redis-cluster.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

const knownMeanwhile =
  "an id is known while its message is there and not after that: its result may be on another node, so `dedupe` is not promised";

let cluster: RedisCluster;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "taskgen-test-"));
  cluster = await RedisCluster.startIn(directory);
});

afterAll(async () => {
  await cluster.kill();
  await rm(directory, { recursive: true, force: true });
});

const redisCluster = urlImplementation({
  name: "redis cluster",
  url: async () => cluster.url,
  reach: "other processes",
  options: { leaseMs: 1_500, heartbeatMs: 300 },
  skip: {
    "recognises an id that is stored already": knownMeanwhile,
    "recognises an id twice in one batch": knownMeanwhile,
  },
});

transportSuite(redisCluster);
resultsSuite(redisCluster);
