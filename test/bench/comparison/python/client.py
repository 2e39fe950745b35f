"""The client of the Python package `rpcudp`. ../conversation.ts has its questions and answers."""

import asyncio
import sys
import time

from rpcudp.protocol import RPCProtocol

from conversation import converse
from endpoint import open_endpoint

TEXT = "Snake Plissken"


class Rounds:
    def __init__(self, protocol, address):
        self.protocol = protocol
        self.address = address

    async def play(self, question):
        """Keeps `inFlight` calls open for `durationMs`. Raises ValueError if another text comes back."""
        in_flight = question["inFlight"]
        calls = failed = 0
        ended = None
        latencies_ms = []
        over = False

        def end():
            nonlocal over, ended
            over = True
            ended = time.perf_counter()

        async def lane():
            nonlocal calls, failed, ended
            began = time.perf_counter()
            received = False
            while not over:
                received, text = await self.protocol.echo(self.address, TEXT)
                calls += 1
                if not received:
                    failed += 1
                elif text != TEXT:
                    raise ValueError(f"Python rpcudp answered {text} instead of {TEXT}")
                if in_flight == 1:
                    now = time.perf_counter()
                    latencies_ms.append((now - began) * 1_000)
                    began = now
            if received:
                ended = time.perf_counter()

        asyncio.get_running_loop().call_later(question["durationMs"] / 1_000, end)
        cpu_before = time.process_time()
        started = time.perf_counter()
        await asyncio.gather(*(lane() for _ in range(in_flight)))
        return {
            "calls": calls,
            "failed": failed,
            "elapsedMs": (ended - started) * 1_000,
            "cpuMicros": (time.process_time() - cpu_before) * 1_000_000,
            "latenciesMs": latencies_ms,
        }


async def main(port):
    protocol, _ = await open_endpoint(RPCProtocol)
    await converse({}, Rounds(protocol, ("127.0.0.1", port)).play)


asyncio.run(main(int(sys.argv[1])))
