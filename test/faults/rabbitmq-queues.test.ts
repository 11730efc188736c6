import { testFaults } from "./declare.js";
import { rabbitmqQueues } from "./scenarios/rabbitmq-queues.js";

testFaults(rabbitmqQueues);
