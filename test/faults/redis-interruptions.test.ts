import { testFaults } from "./declare.js";
import { redisInterruptions } from "./scenarios/redis-interruptions.js";

testFaults(redisInterruptions);
