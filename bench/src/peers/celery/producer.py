"""A process that calls the task."""

import time
from collections import deque

from celery.result import ResultSet

from bench_celery import add
from child import serve

LIMIT_SECONDS = 50


def timed(run):
    start = time.perf_counter()
    values = run()
    ms = (time.perf_counter() - start) * 1000
    if values != list(range(1, len(values) + 1)):
        raise RuntimeError("a call came to something else")
    return ms


def many(n):
    return timed(lambda: ResultSet([add.delay(i, 1) for i in range(n)]).get(timeout=LIMIT_SECONDS))


def send_one_by_one(n):
    def run():
        for i in range(n):
            add.delay(i, 1)
        return []

    return timed(run)


def one_by_one(n):
    return [timed(lambda: [add.delay(0, 1).get(timeout=LIMIT_SECONDS)]) for _ in range(n)]


def in_flight(n, width=100):
    """Sends the next as soon as one of `width` has come back. Whoever waits for the oldest is told of the others meanwhile."""
    times, pending, sent = [], deque(), 0
    while sent < n or pending:
        while sent < n and sent - len(times) < width:
            pending.append(call(times))
            sent += 1
        pending.popleft().get(timeout=LIMIT_SECONDS)
    return times


def call(times):
    start = time.perf_counter()
    result = add.delay(0, 1)
    result.then(lambda _: times.append((time.perf_counter() - start) * 1000))
    return result


serve(
    {
        "ready": lambda _: add.delay(0, 1).get(timeout=LIMIT_SECONDS),
        "many": many,
        "oneByOne": one_by_one,
        "inFlight": in_flight,
        "sendOneByOne": send_one_by_one,
        "cpuMs": lambda _: time.process_time() * 1000,
        "stop": lambda _: None,
    }
)
