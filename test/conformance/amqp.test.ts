import { brokerUrl } from "../support/brokers.js";
import { limiting } from "./results/limiting.js";
import { marking } from "./results/marking.js";
import { swapping } from "./results/swapping.js";
import { streaming } from "./results/streaming.js";
import { resultsSuite } from "./results-suite.js";
import { transportSuite } from "./transport-suite.js";
import { urlImplementation } from "./url-implementation.js";

const noFront = "RabbitMQ puts a message back to the front only by counting a delivery: a copy goes to the end";
const noDelayedCount =
  "delayed messages of all queues share the delay queues: those of one queue cannot be counted or removed";

const noMarks = "results are sent to callers: there is no place where revocations could be kept";
const noRooms = "results are sent to callers: there is no place where messages could wait for their turn";

const noRegisters = "results are sent to callers: there is no place where registers could be kept";
const noStreams = "results are sent to callers: there is no place where items could wait for their reader";

const amqp = urlImplementation({
  name: "amqp",
  url: async () => brokerUrl("amqp"),
  reach: "other processes",
  // heartbeats of one second: a silent peer is noticed within three
  options: { leaseMs: 3_000, heartbeatMs: 500 },
  skip: {
    "puts what is released at the front": noFront,
    "keeps the order of what is released together": noFront,
    "gives back what it owns when it closes, uncounted": noFront,
    "does not deliver at once what is due in 30 days": noDelayedCount,
    "counts what is where": noDelayedCount,
    "purges what waits and what is delayed, not what is owned": noDelayedCount,
    ...Object.fromEntries(Object.keys(marking).map((what) => [what, noMarks])),
    ...Object.fromEntries(Object.keys(swapping).map((what) => [what, noRegisters])),
    ...Object.fromEntries(Object.keys(limiting).map((what) => [what, noRooms])),
    ...Object.fromEntries(Object.keys(streaming).map((what) => [what, noStreams])),
    "agrees on the first record when two put at once":
      "the first record is known at the caller alone: others are told `stored`",
  },
});

transportSuite(amqp);
resultsSuite(amqp);
