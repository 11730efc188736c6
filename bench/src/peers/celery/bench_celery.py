"""The Celery app that taskgen is measured against: the same no-op task, its results stored. Worker and producer import it."""

import os

from celery import Celery

app = Celery("bench", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_RESULTS"])
app.conf.task_default_queue = os.environ["BENCH_QUEUE"]
if "BENCH_CONFIRMS" in os.environ:
    app.conf.broker_transport_options = {"confirm_publish": True}


@app.task
def add(x, y):
    return x + y
