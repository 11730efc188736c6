import { testFaults } from "./declare.js";
import { redisFailovers } from "./scenarios/redis-failovers.js";

testFaults(redisFailovers);
