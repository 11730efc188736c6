import { testFaults } from "./declare.js";
import { poolDeaths } from "./scenarios/pool-deaths.js";

testFaults(poolDeaths);
