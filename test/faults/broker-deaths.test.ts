import { testFaults } from "./declare.js";
import { brokerDeaths } from "./scenarios/broker-deaths.js";

testFaults(brokerDeaths);
