"""How the benchmark talks to its programs: a line of JSON asks, a line of JSON answers."""

import asyncio
import json
import logging
import signal
import sys

# Messages of a library must not be printed into the middle of the progress line.
logging.getLogger("rpcudp").addHandler(logging.NullHandler())

# Ctrl-C, and the end of the benchmark, end this program without a message.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def converse(greeting, answer):
    """Sends a greeting, then answers questions one by one until the input, the benchmark, ends."""
    lines = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    say(greeting)
    while line := await lines.readline():
        say(await answer(json.loads(line)))
