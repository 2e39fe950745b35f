"""How the benchmark talks with the programs it starts: a line of JSON asks, a line of JSON answers."""

import asyncio
import json
import logging
import signal
import sys

# A library has the right to complain, but not into the middle of the progress line.
logging.getLogger("rpcudp").addHandler(logging.NullHandler())

# Ctrl-C, and a benchmark that has ended, end it without a word.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def converse(greeting, answer):
    """Greets, then answers questions one by one until the input ends: the benchmark has ended, or died."""
    lines = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(lines)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    say(greeting)
    while line := await lines.readline():
        say(await answer(json.loads(line)))
