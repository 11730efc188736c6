"""A process that keeps a `celery worker`, and knows what it and its children used of the processors."""

import json
import os
import signal
import subprocess
import sys

from child import serve

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
GRACE_SECONDS = 5

settings = json.loads(sys.argv[1])
environment = {name: value for name, value in os.environ.items() if name != "NODE_CHANNEL_FD"}
with open(settings["log"], "ab") as log:
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "bench_celery", "worker", "--loglevel=ERROR", *settings["options"]],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def cpu_ms(pid):
    """n.b. Linux only."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        below = [cpu_ms(int(child)) for child in children.read().split()]
    return sum(int(ticks) for ticks in fields[11:15]) * TICK_MS + sum(below)


def stop(_=None):
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    try:
        os.killpg(worker.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    worker.wait()


try:
    serve({"cpuMs": lambda _: cpu_ms(worker.pid), "stop": stop})
finally:
    stop()
