import { CANVAS, type CeleryTests } from "./celery-tests.js";

const SMOKE = "t/smoke/tests/";
const WORKER = `${SMOKE}test_worker.py`;
const CONSUMER = `${SMOKE}test_consumer.py`;

/** Smoke tests of Celery's workers and consumers. */
export const smokeOfWorkers: readonly CeleryTests[] = [
  {
    no: "1",
    where: WORKER,
    tests: ["test_restart_during_task_execution"],
    faults: ["F1", "F1b", "F28c"],
  },
  {
    no: "2",
    where: WORKER,
    tests: ["test_restart_between_task_execution"],
    ours: { "engine/engine.test.ts": ["runs what was sent before it started"] },
    none: CANVAS,
  },
  {
    no: "3",
    where: WORKER,
    tests: ["test_warm_shutdown"],
    faults: ["F28"],
    ours: { "cli/worker.test.ts": ["finishes what runs on SIGTERM, then exits with 0"] },
  },
  {
    no: "4",
    where: WORKER,
    tests: ["test_multiple_warm_shutdown_does_nothing"],
    faults: ["F28b"],
    none: "different by design: a second SIGTERM ends the worker at once",
  },
  { no: "5", where: WORKER, tests: ["test_cold_shutdown"], faults: ["F28b"] },
  {
    no: "6, 7",
    where: WORKER,
    tests: ["test_hard_shutdown_from_warm", "test_hard_shutdown_from_cold"],
    faults: ["F28b", "F1"],
    none: "there are two steps, not three: after the second signal nothing is left to shut down harder",
  },
  {
    no: "8",
    where: WORKER,
    tests: ["test_shutdown_with_long_running_tasks"],
    ours: { "e2e/drain.test.ts": ["keeps its lease while it drains, however much longer a task runs"] },
  },
  {
    no: "9",
    where: WORKER,
    tests: ["test_REMAP_SIGTERM::*"],
    none: "no signal has to be remapped: SIGTERM and SIGINT mean the same, and are sent a second time for more",
  },
  {
    no: "10",
    where: WORKER,
    tests: ["test_worker_soft_shutdown_timeout::*"],
    faults: ["F28", "F28b", "F28c"],
    ours: { "engine/engine.test.ts": ["aborts and hands back what outlives the grace period"] },
  },
  {
    no: "11",
    where: WORKER,
    tests: ["test_reset_visibility_timeout::*"],
    faults: ["F28c"],
    ours: { "conformance/transport/owning.ts": ["gives back what it owns when it closes, uncounted"] },
  },
  {
    no: "12",
    where: WORKER,
    tests: ["test_worker_enable_soft_shutdown_on_idle::*"],
    ours: { "conformance/transport/delaying.ts": ["does not deliver before the time, and then does"] },
    none: "an idle worker holds no delayed task that it could lose: they wait in the broker",
  },
  {
    no: "13",
    where: WORKER,
    tests: ["test_queue_selected_by_alias_is_not_reconsumed_after_cancel_by_real_name_and_reconnect"],
    none: "queues have one name, and a running worker is not told to take from others",
  },
  {
    no: "14",
    where: WORKER,
    tests: ["test_explicit_routing_without_default_queue"],
    ours: { "routing/routes.test.ts": ["takes from those that routes give its tasks, with the app's settings"] },
  },
  {
    no: "15, 16",
    where: CONSUMER,
    tests: ["test_reducing_prefetch_count", "test_prefetch_count_restored"],
    faults: ["F7", "F15"],
    ours: {
      "amqp/credit.test.ts": ["never grants more than the credit, what cancelled consumers own included"],
      "routing/prefetch.test.ts": ["owns no more than what runs once none ended from one look to the next"],
    },
  },
  {
    no: "17, 18",
    where: CONSUMER,
    tests: ["test_max_prefetch_passed_on_broker_restart", "test_max_prefetch_not_passed_on_broker_restart"],
    faults: ["F7"],
    ours: { "amqp/faults.test.ts": ["tells what is lost with a connection, and that late settlements change nothing"] },
  },
  {
    no: "19",
    where: CONSUMER,
    tests: ["test_worker_consume_tasks_after_redis_broker_restart"],
    faults: ["F7"],
    ours: { "redis/faults.test.ts": ["goes on consuming by itself after the server was killed and started again"] },
  },
  {
    no: "20",
    where: CONSUMER,
    tests: ["test_worker_does_not_hang_on_broker_connection_loss"],
    faults: ["F11", "F12", "F7", "F28d"],
    ours: { "cli/health.test.ts": ["says that it consumes while its server is there, and not while it is gone"] },
  },
];
