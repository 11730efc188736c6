import { testFaults } from "./declare.js";
import { redisRefusals } from "./scenarios/redis-refusals.js";

testFaults(redisRefusals);
