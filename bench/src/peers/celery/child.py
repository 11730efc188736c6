"""A child of the benchmarks: answers questions over the channel that Node opens to it, see child/protocol.ts."""

import json
import os
import socket
import traceback


def serve(commands):
    """Answers one question after the other until the parent disconnects."""
    channel = socket.socket(fileno=int(os.environ.pop("NODE_CHANNEL_FD")))
    channel.setblocking(True)
    tell(channel, {"id": 0, "value": "ready"})
    try:
        for line in channel.makefile("rb"):
            tell(channel, answer(commands, json.loads(line)))
    except ConnectionError:
        pass  # it has ended itself


def answer(commands, question):
    try:
        return {"id": question["id"], "value": commands[question["command"]](question.get("input"))}
    except Exception:
        return {"id": question["id"], "failure": traceback.format_exc()}


def tell(channel, message):
    channel.sendall(json.dumps(message).encode() + b"\n")
