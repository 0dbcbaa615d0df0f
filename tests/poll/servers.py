"""Feed servers on loopback that answer as told, well or badly."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from monitor.model import Feed
from monitor.settings import PollSettings

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

SETTINGS = PollSettings(
    allow_hosts=("127.0.0.1",), connect_seconds=1, total_seconds=2, max_body_bytes=100_000, user_agent="tester/1"
)


def rss(*titles: str, text: str = "x") -> str:
    items = (
        f"<item><title>{t}</title><guid>https://e.org/{t}</guid><description>{text}</description></item>"
        for t in titles
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'


def feed(url: str, **fields: object) -> Feed:
    parts: dict[str, object] = {"id": "f", "source": "S", **fields}
    return Feed(url=url, **parts)  # type: ignore[arg-type]


class Server:
    """Answers every request with `answer`, and keeps the requests."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[web.Request] = []
        self.answer: Answer = plain("")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.answer(request)


def plain(body: str | bytes, status: int = 200, **headers: str) -> Answer:
    raw = body if isinstance(body, bytes) else body.encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=raw, status=status, headers=named)

    return answer


def one_after_another(*answers: Answer) -> Answer:
    """The last one is given for ever."""
    left = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def dripping(chunk: bytes, pause_seconds: float) -> Answer:
    """A body without an end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await response.write(chunk)
                await asyncio.sleep(pause_seconds)
        return response

    return answer


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        server.url = f"http://127.0.0.1:{port}/feed"
        yield server
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[str]:
    """A server that says exactly these bytes, whatever it is asked, and hangs up."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/feed"
