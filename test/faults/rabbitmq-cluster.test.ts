import { testFaults } from "./declare.js";
import { rabbitmqCluster } from "./scenarios/rabbitmq-cluster.js";

testFaults(rabbitmqCluster);
