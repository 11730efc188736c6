import { testFaults } from "./declare.js";
import { rabbitmqAlarms } from "./scenarios/rabbitmq-alarms.js";

testFaults(rabbitmqAlarms);
