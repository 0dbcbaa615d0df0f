"""The only wiring: a configuration → running roles, in one straight line, cleaned up in reverse order.

::

    broker → producer → notify → stream → poll → /metrics and /healthz
"""

import asyncio
import random
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from monitor import __version__, cluster, kafka, metrics, topics
from monitor.broker import PACE_BYTES, EmbeddedBroker
from monitor.core.watches import WatchSet
from monitor.errors import MonitorError
from monitor.health import Health, serve
from monitor.kafka import Connection
from monitor.notify.ledger import MemoryLedger
from monitor.notify.notifier import open_notifiers
from monitor.notify.worker import NotifyWorker, Options, Rebalances
from monitor.outbox import Outbox
from monitor.poll.loop import run_poll
from monitor.progress import Progress
from monitor.settings import KafkaSettings, Project
from monitor.stream import transport
from monitor.stream.worker import StreamOptions, StreamWorker

NOTIFY_GROUP = "newsmonitor-notify"
ALL_ROLES = ("notify", "stream", "poll")
GROUPS = {  # in the order of the way of an article: what is drained here cannot fill up again from behind
    topics.ARTICLES.name: topics.STREAM_APP,
    topics.MATCHES.name: topics.STREAM_APP,
    topics.ALERTS.name: NOTIFY_GROUP,
}
READS = {"stream": (topics.ARTICLES.name, topics.MATCHES.name), "notify": (topics.ALERTS.name,), "poll": ()}


@dataclass(slots=True)
class Roles:
    """The roles that run in this process."""

    outbox: Outbox
    progress: Progress
    health: Health
    failures: list["asyncio.Future[BaseException]"]
    port: int = 0  # of /metrics and /healthz

    async def failed(self) -> BaseException:
        """Return the first error that keeps a role from going on."""
        done, _ = await asyncio.wait(self.failures, return_when=asyncio.FIRST_COMPLETED)
        return next(iter(done)).result()


@asynccontextmanager
async def broker(settings: KafkaSettings) -> AsyncIterator[Connection]:
    """The Kafka that the settings name, or the embedded broker for as long as the block lasts."""
    if settings.bootstrap:
        yield settings.connection()
        return
    with EmbeddedBroker(settings.partitions) as embedded:
        yield Connection(bootstrap=embedded.bootstrap, embedded=True)


@asynccontextmanager
async def running(
    project: Project, connection: Connection, watches: WatchSet | None, names: Collection[str], console: TextIO
) -> AsyncIterator[Roles]:
    """The named roles at work until the block ends; on leaving, what is in hand is finished and committed.

    `watches` are what the role `stream` matches; the others need none. Raises BrokerError.
    """
    async with AsyncExitStack() as stack:
        progress = Progress([topic for name in names for topic in READS[name]])
        producer = await stack.enter_async_context(kafka.started(kafka.producer(connection), connection))
        outbox = Outbox(producer, progress, PACE_BYTES if connection.embedded else None)
        health = Health()
        health.add("broker", lambda: outbox.trouble)
        roles = Roles(outbox, progress, health, [])
        if "notify" in names:
            await _notify(stack, roles, project, connection, console)
        if watches is not None and "stream" in names:
            await _stream(stack, roles, project, connection, watches)
        if "poll" in names:
            _poll(stack, roles, project)
        http = project.settings.http
        roles.port = await stack.enter_async_context(serve(http.host, http.port, health))
        metrics.build.info({"version": __version__})
        yield roles


async def run_until_stopped(roles: Roles, stop: asyncio.Event) -> None:
    """Return when `stop` is set. Raises the error that keeps a role from going on."""
    await finish_or_fail(roles, stop.wait())


async def finish_or_fail(roles: Roles, work: Coroutine[Any, Any, object]) -> None:
    """Return when the work is done. Raises its error, or the one that keeps a role from going on."""
    working, failing = asyncio.create_task(work), asyncio.create_task(roles.failed())
    await asyncio.wait({working, failing}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, failing):
        if not task.done():
            task.cancel()
    if working.done() and not working.cancelled():
        working.result()
        return
    error = failing.result()
    raise error if isinstance(error, MonitorError) else MonitorError(f"{type(error).__name__}: {error}")


async def drained(roles: Roles, connection: Connection) -> None:
    """Return once all that was published has become alerts, suppressions or dead letters, and alerts are delivered.

    On a real Kafka other processes may do part of the work, so there the commits of their groups are asked for.
    """
    if connection.embedded:
        await roles.progress.drained()
        return
    while any(lag.waiting for lag in (await cluster.lags(connection, GROUPS)).values()):  # noqa: ASYNC110 it is remote
        await asyncio.sleep(0.5)


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _notify(
    stack: AsyncExitStack, roles: Roles, project: Project, connection: Connection, console: TextIO
) -> None:
    notifiers = await stack.enter_async_context(open_notifiers(project.settings.channels, console))
    consumer = kafka.consumer(connection, group=NOTIFY_GROUP)
    await stack.enter_async_context(kafka.started(consumer, connection))
    worker = NotifyWorker(
        consumer,
        notifiers,
        roles.outbox.burial("notify"),
        roles.progress.handled,
        Options(ledger=MemoryLedger(), random=random.random),
    )
    consumer.subscribe([topics.ALERTS.name], listener=Rebalances(worker))
    _in_background(stack, roles, worker.run)


async def _stream(
    stack: AsyncExitStack, roles: Roles, project: Project, connection: Connection, watches: WatchSet
) -> None:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsmonitor-")))
    options = StreamOptions(
        faust=kafka.faust_options(connection, transport.SCHEME),
        folder=folder,
        partitions=project.settings.kafka.partitions,
        deadletters_in_a_row=project.settings.stream.deadletters_in_a_row,
    )
    metrics.watches_loaded.set(len(watches.watches))
    worker = StreamWorker(options, lambda: watches, roles.outbox.send, roles.outbox.burial, roles.progress)
    roles.failures.append(worker.failed)
    roles.health.add("stream", lambda: None if worker.ready else "joining its group or recovering its tables")
    await stack.enter_async_context(worker)


def _poll(stack: AsyncExitStack, roles: Roles, project: Project) -> None:
    publish = roles.outbox.publisher("feed")
    _in_background(stack, roles, lambda stop: run_poll(project.feeds, project.settings.poll, publish, stop))


def _in_background(stack: AsyncExitStack, roles: Roles, work: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Run this until the stack unwinds; its failure is the process's."""
    stop = asyncio.Event()
    failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        try:
            await work(stop)
        except Exception as error:
            failed.set_result(error)

    task = asyncio.create_task(run())

    async def end() -> None:
        stop.set()
        await task
        failed.cancel()

    stack.push_async_callback(end)
    roles.failures.append(failed)
