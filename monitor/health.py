"""/metrics and /healthz of a role."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import orjson
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from monitor.errors import InputError

Check = Callable[[], str | None]  # what is wrong, in words; None = all is well


class Health:
    """The checks of this process; it is healthy while none has a complaint.

    Notes say what is as it should not be but is nothing to start anew for, such as a broker that is away.
    """

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._notes: dict[str, Check] = {}

    def add(self, name: str, check: Check) -> None:
        """Ask this check too."""
        self._checks[name] = check

    def note(self, name: str, check: Check) -> None:
        """Ask this one too, and be healthy whatever it says."""
        self._notes[name] = check

    def report(self) -> tuple[bool, dict[str, str]]:
        """Whether all is well, and each part by name: "ok", or what is wrong."""
        wrong = {name: check() for name, check in self._checks.items()}
        notes = {name: check() for name, check in self._notes.items()}
        return not any(wrong.values()), {name: text or "ok" for name, text in {**wrong, **notes}.items()}


@asynccontextmanager
async def serve(host: str, port: int, health: Health) -> AsyncIterator[int]:
    """Serve until the block ends; yields the port. Raises InputError where host or port cannot be used."""
    app = web.Application()
    app.router.add_get("/metrics", _metrics)
    app.router.add_get("/healthz", _healthz(health))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise InputError(
                f"/metrics and /healthz cannot be served on {host} port {port} ({error.strerror or error}):"
                " set http.host and http.port in monitor.yaml; port 0 takes a free one"
            ) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def _metrics(_request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _healthz(health: Health) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(_request: web.Request) -> web.Response:
        healthy, parts = health.report()
        return web.Response(status=200 if healthy else 503, body=orjson.dumps(parts), content_type="application/json")

    return answer
