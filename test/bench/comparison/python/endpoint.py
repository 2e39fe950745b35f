"""Endpoint: opens the socket of a Python contestant."""

import asyncio
import socket

# The same for every socket of the benchmark: see ../../bound-socket.ts.
RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024


async def open_endpoint(protocol_class):
    """Returns a protocol on a free UDP port of the loopback interface, and the port."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_datagram_endpoint(protocol_class, sock=udp)
    return protocol, udp.getsockname()[1]
