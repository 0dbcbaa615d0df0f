"""A broker that is slow: everything that clients send to it arrives later, as over a long line."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK_BYTES = 65_536


class Proxy:
    """Listens on a port of loopback and passes bytes to another, those of clients `seconds` late.

    What is under way at once is late at once: it is latency, not a narrow line.
    """

    def __init__(self, listener: socket.socket, target: int, seconds: float) -> None:
        self.port, self.delayed = int(listener.getsockname()[1]), 0
        self._listener, self._target, self._seconds = listener, target, seconds
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Serve until told to stop."""
        async with asyncio.TaskGroup() as clients:
            serving = await asyncio.start_server(
                lambda reader, writer: clients.create_task(self._serve(reader, writer)), sock=self._listener
            )
            async with serving:
                await self._stop.wait()
                serving.close()
                for client in list(clients._tasks):
                    client.cancel()

    def stop(self) -> None:
        """End `run`, and every connection."""
        self._stop.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ExceptionGroup):
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            async with _closing(writer), _closing(back), asyncio.TaskGroup() as ways:
                ways.create_task(self._late(reader, back))
                ways.create_task(_carry(there, writer))

    async def _late(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop, waiting = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def read() -> None:
            while chunk := await reader.read(CHUNK_BYTES):
                waiting.put_nowait((loop.time() + self._seconds, chunk))
            waiting.put_nowait((loop.time() + self._seconds, b""))

        reading = asyncio.create_task(read())
        try:
            while (due := await waiting.get())[1]:
                await asyncio.sleep(due[0] - loop.time())
                self.delayed += 1
                writer.write(due[1])
                await writer.drain()
            writer.write_eof()
        finally:
            reading.cancel()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(CHUNK_BYTES):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter):  # type: ignore[no-untyped-def]
    try:
        yield
    finally:
        writer.close()


def listener() -> socket.socket:
    """A free port, taken before anything is behind it, since a broker is told its address when it starts."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    found.listen()
    return found


@contextmanager
def slowed(socket_of_clients: socket.socket, target: int, seconds: float) -> Iterator[Proxy]:
    """A proxy at work in a thread of its own."""
    proxy: list[Proxy] = []
    ready = threading.Event()

    async def serve() -> None:
        proxy.append(Proxy(socket_of_clients, target, seconds))
        ready.set()
        loops.append(asyncio.get_running_loop())
        await proxy[0].run()

    loops: list[asyncio.AbstractEventLoop] = []
    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(5)
    try:
        yield proxy[0]
    finally:
        loops[0].call_soon_threadsafe(proxy[0].stop)
        thread.join(10)
