"""An echo server with the Python package `rpcudp`. ../conversation.ts has its answers."""

import asyncio
import time

from rpcudp.protocol import RPCProtocol

from conversation import converse
from endpoint import open_endpoint


class Echo(RPCProtocol):
    def rpc_echo(self, _sender, text):
        return text


async def cpu_time(_question):
    return {"cpuMicros": time.process_time() * 1_000_000}


async def main():
    _, port = await open_endpoint(Echo)
    await converse({"port": port}, cpu_time)


asyncio.run(main())
