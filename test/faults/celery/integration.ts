import { CANVAS, type CeleryTests } from "./celery-tests.js";

const INTEGRATION = "t/integration/";

/** Its integration tests. */
export const integration: readonly CeleryTests[] = [
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_multiprocess_producer", "test_multithread_producer", "test_concurrent_apply_async_with_timeout"],
    faults: ["F7"],
    ours: { "twice/callers.test.ts": ["fifty of one key at once, in three processes: one run"] },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: [
      "test_ignore_result",
      "test_ignoring_result_no_subscriptions",
      "test_asyncresult_forget_cancels_subscription",
      "test_asyncresult_get_cancels_subscription",
    ],
    ours: {
      "engine/engine.test.ts": ["stores no result for a call or a task that ignores it"],
      "conformance/results/waiting.ts": ["ends a wait by its signal and leaves nothing on it"],
    },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_reject_without_requeue_stores_failure", "test_reject_with_requeue_redelivers_and_succeeds"],
    ours: {
      "engine/control-errors.test.ts": ["are rejected with their reason, which the dead letter has too"],
      "engine/retries.test.ts": ["names a countdown that depends on how often it ran"],
    },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_timeout", "test_expired", "test_eta", "test_fail", "test_wrong_arguments", "time-limit option tests"],
    ours: {
      "engine/engine.test.ts": [
        "times out a wait that nobody ends, naming the store",
        "revokes what expired, before and without running it",
        "does not run a task before its time",
        "tells what is known of a task: state, value, failure",
        "makes dead letters of hostile messages, and goes on",
        "stops a task at its time limit, and aborts its signal at its soft one",
      ],
    },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_revoked", "test_revoked_by_headers_*"],
    ours: { "cancel/waiting.ts": ["in the queue, its worker busy"], "cancel/running.ts": ["it returns all the same"] },
    none: "revoked by id and with descendants, not by headers",
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: [
      "test_retry",
      "test_task_retried_once",
      "test_task_retried_once_with_expires",
      "test_task_retried_priority",
      "test_task_retried_headers",
    ],
    ours: {
      "engine/engine.test.ts": ["retries as often as the task asks, and fails with the cause when no retry is left"],
      "engine/context.test.ts": ["is there again when the task is retried"],
      "conformance/transport/settling.ts": ["replaces what is retried"],
    },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_retry_with_unpickleable_exception", "test_fail_with_unpickleable_exception"],
    ours: {
      "engine/remote-errors.test.ts": ["keeps of its own data what can travel and is not too large"],
      "engine/engine.test.ts": ["fails a task whose result cannot travel, without running it again"],
    },
  },
  {
    no: "46",
    where: `${INTEGRATION}test_tasks.py`,
    tests: ["test_task_accepted", "test_unicode_task", "test_properties", "test_replaced_task_nesting_*"],
    ours: {
      "engine/engine.test.ts": ["stores STARTED for a tracked task", "gives a task its context"],
    },
    none: `replaced tasks: ${CANVAS}`,
  },
  {
    no: "47",
    where: `${INTEGRATION}test_canvas.py`,
    tests: ["171 tests of chains, groups, chords, error callbacks and stamps"],
    none: CANVAS,
  },
  {
    no: "47",
    where: `${INTEGRATION}test_canvas.py`,
    tests: ["test_redis_subscribed_channels_leak", "test_chord_header_id_duplicated_on_rabbitmq_msg_duplication"],
    faults: ["F32"],
    ours: {
      "conformance/results/waiting.ts": ["ends a wait by its signal and leaves nothing on it"],
      "twice/capabilities.test.ts": ["hands on a call that is one of several messages, and another worker runs it"],
    },
  },
  {
    no: "48",
    where: `${INTEGRATION}test_inspect.py`,
    tests: ["ping", "registered", "active_queues", "active", "scheduled", "stats", "report", "revoked", "conf"],
    ours: {
      "cli/health.test.ts": ["says that it drains, with how many tasks it still runs, until it is gone"],
      "cli/look.test.ts": ["shows name, call, queue and place of every task, also as JSON"],
      "conformance/transport/inspecting.ts": ["counts what is where"],
    },
    none: "workers take no questions over the broker: probes, the queue's depths and the command say it",
  },
  {
    no: "49",
    where: `${INTEGRATION}test_worker.py`,
    tests: ["test_run_worker"],
    ours: { "cli/worker.test.ts": ["says what is missing before it starts"] },
    none: "a broker that is away is always waited for; whoever wants an end has a deadline",
  },
  {
    no: "49",
    where: `${INTEGRATION}test_worker.py`,
    tests: ["test_pidbox_reset_after_repeated_control_errors"],
    ours: { "cancel/lasting.ts": ["what is no notice of revocations is told, and changes nothing"] },
  },
  {
    no: "50",
    where: `${INTEGRATION}test_connection_recovery.py`,
    tests: ["2 tests"],
    faults: ["F9", "F10", "F7"],
    ours: { "redis/faults.test.ts": ["loses nothing and gives nothing twice while connections are reset"] },
  },
  {
    no: "51",
    where: `${INTEGRATION}test_security.py`,
    tests: ["test_security_task_done"],
    ours: { "security/sealing.test.ts": ["run, fail, are retried and told of, with retries keeping their seals"] },
  },
  {
    no: "52",
    where: `${INTEGRATION}test_mem_leak_in_exception_handling.py`,
    tests: ["unhandled exceptions", "retry failures", "nested stacks"],
    faults: ["F5b", "F32"],
    ours: { "engine/remote-errors.test.ts": ["is bounded, whatever it holds"] },
  },
  {
    no: "53",
    where: `${INTEGRATION}test_database_backend.py`,
    tests: ["transient failure", "max retries exceeded", "get meta transient failure"],
    ours: { "engine/unfused.test.ts": ["settles only what is stored, and tries again until it is"] },
  },
  {
    no: "54",
    where: `${INTEGRATION}test_backend.py`,
    tests: ["create, read, update, delete", "missing"],
    ours: { "conformance/results/storing.ts": ["gives back what was put, in the order asked for"] },
  },
];
