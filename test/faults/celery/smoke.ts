import { CANVAS, type CeleryTests } from "./celery-tests.js";

const SMOKE = "t/smoke/tests/";

/** Its other smoke tests: failover, tasks, results, queues, stamps. */
export const smoke: readonly CeleryTests[] = [
  {
    no: "21, 22, 23",
    where: `${SMOKE}failover/test_broker_failover.py`,
    tests: ["test_killing_first_broker", "test_reconnect_to_main", "test_broker_failover_ui"],
    ours: {
      "redis/sentinel.test.ts": ["goes on with the new master"],
      "redis/cluster.test.ts": ["goes on when a master dies and its replica takes over"],
    },
    none: "no list of brokers to fail over to: Sentinel, Cluster and quorum queues keep the data, which another broker has not",
  },
  {
    no: "24, 25",
    where: `${SMOKE}failover/test_worker_failover.py`,
    tests: ["test_killing_first_worker", "test_reconnect_to_restarted_worker"],
    faults: ["F1", "F1b"],
  },
  {
    no: "26",
    where: `${SMOKE}test_tasks.py`,
    tests: ["test_child_process_respawn"],
    faults: ["F2", "F2b", "F3", "F3b"],
  },
  {
    no: "27",
    where: `${SMOKE}test_tasks.py`,
    tests: ["test_terminated_task_logs_correct_error"],
    faults: ["F3"],
    ours: {
      "worker/processes.test.ts": ["is replaced when something else ends it", "tells what it died of"],
      "engine/logging.test.ts": ["gets lines like Celery's, with their parts as fields"],
    },
  },
  {
    no: "28, 29",
    where: `${SMOKE}test_tasks.py`,
    tests: ["test_soft_time_limit_lower_than_time_limit", "test_soft_time_limit_must_exceed_time_limit"],
    ours: {
      "engine/time-limits.test.ts": [
        "a task that takes no notice of its soft limit ends at the hard one",
        "refuses to start with a soft limit beyond the hard one",
      ],
    },
  },
  { no: "30", where: `${SMOKE}test_tasks.py`, tests: ["test_replace::test_sanity"], none: CANVAS },
  {
    no: "31",
    where: `${SMOKE}test_rpc_backend.py`,
    tests: ["test_repeated_final_polls_do_not_recirculate"],
    ours: { "amqp/rpc.test.ts": ["go to the caller alone, before and after it waits"] },
  },
  {
    no: "32, 33, 34",
    where: `${SMOKE}test_dedup_chain_dispatch.py`,
    tests: [
      "test_reject_requeue_completes_chain",
      "test_dedup_dispatches_chain_on_redelivery",
      "test_dedup_dispatches_callback_on_redelivery",
    ],
    none: CANVAS,
  },
  {
    no: "35",
    where: `${SMOKE}test_control.py`,
    tests: ["test_shutdown_exit_with_zero"],
    faults: ["F28"],
    none: "a worker is stopped by a signal, never by a message",
  },
  {
    no: "36",
    where: `${SMOKE}test_signals.py`,
    tests: ["worker_init", "process_init", "ready", "process_shutdown", "shutdown handlers fire"],
    ours: {
      "worker/setup.test.ts": ["runs in its order before the tasks are loaded, and in reverse when the pool stops"],
      "engine/health.test.ts": ["follows it from its start to its end"],
    },
  },
  {
    no: "37",
    where: `${SMOKE}test_thread_safe.py`,
    tests: ["test_multithread_task_publish"],
    ours: {
      "worker/link.test.ts": ["travel through the main thread, also in memory"],
      "twice/callers.test.ts": ["fifty of one key at once, in three processes: one run"],
    },
  },
  {
    no: "38",
    where: `${SMOKE}test_gossip.py`,
    tests: ["test_worker_event_across_timezones_causes_no_drift_warning"],
    none: "workers do not gossip, and every time on the wire is milliseconds since the epoch",
  },
  {
    no: "39, 40",
    where: `${SMOKE}quorum_queues/test_quorum_queues.py`,
    tests: ["test_skip_log_emitted_after_broker_restart", "test_worker_resumes_consuming_after_broker_restart"],
    faults: ["F7"],
    ours: {
      "amqp/broker-faults.test.ts": [
        "goes on within 10 s after it was killed and started again under load, and nothing is lost",
      ],
    },
  },
  {
    no: "41",
    where: `${SMOKE}quorum_queues/test_native_delayed_delivery.py`,
    tests: ["test_countdown_task_with_retry", "test_non_eta_task_with_multiple_retries"],
    ours: { "amqp/delay.test.ts": ["of retries can follow one another"] },
  },
  {
    no: "42",
    where: `${SMOKE}quorum_queues/test_native_delayed_delivery.py`,
    tests: [
      "countdown",
      "eta",
      "eta_str",
      "eta_in_the_past",
      "long_delay",
      "multiple_tasks_same_eta",
      "multiple_tasks_different_delays",
      "revoke_delayed_task",
      "zero_delay",
      "negative_countdown",
      "very_short_delay",
      "concurrent_delayed_tasks",
    ],
    ours: {
      "amqp/delay.test.ts": ["are never early, whatever their digits", "wait 30 days in the broker"],
      "conformance/transport/delaying.ts": [
        "delivers in the order of the times",
        "delivers at once what is due already",
        "wakes for a message that is due before all others",
      ],
      "cancel/waiting.ts": ["for a retry"],
    },
    none: `chain_with_delays: ${CANVAS}`,
  },
  {
    no: "43",
    where: `${SMOKE}quorum_queues/test_quorum_queues.py`,
    tests: ["test_chord_unlock_stress_routing"],
    none: CANVAS,
  },
  {
    no: "44",
    where: `${SMOKE}stamping/`,
    tests: [
      "test_stamping_on_replace_with_legacy_worker_in_cluster",
      "test_revoke_by_stamped_headers_before_publish",
      "test_revoke_by_stamped_headers_after_publish",
    ],
    ours: {
      "engine/headers.test.ts": ["parks a message of another version, whatever else its header holds"],
      "engine/engine.test.ts": ["hands a parked task to the worker that knows it"],
    },
    none: "no stamps: calls carry headers, and are revoked by id, with their descendants",
  },
  {
    no: "45",
    where: `${SMOKE}test_canvas.py`,
    tests: [
      "test_chord_error_propagation_with_different_body_types",
      "test_chain_gets_last_task_id_with_failing_tasks_in_chain",
      "test_pending_tasks_released_on_forget",
    ],
    ours: { "conformance/results/waiting.ts": ["ends a wait by its signal and leaves nothing on it"] },
    none: CANVAS,
  },
];
