"""The only wiring: a configuration → running roles, in one straight line, cleaned up in reverse order.

::

    broker → producer → notify → stream → poll → /metrics and /healthz
"""

import asyncio
import os
import random
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import quote

from aiokafka.errors import KafkaError

from monitor import __version__, caches, cluster, kafka, metrics, retention, topics, workers
from monitor.broker import PACE_BYTES, EmbeddedBroker
from monitor.core.matching.watches import WatchSet
from monitor.core.watchdog import Limits
from monitor.errors import BrokerError, MonitorError
from monitor.health import Health, serve
from monitor.kafka import Connection
from monitor.notify.ledger import TopicLedger
from monitor.notify.notifier import open_notifiers
from monitor.notify.worker import NotifyWorker, Options, Rebalances
from monitor.outbox import Outbox
from monitor.poll.loop import run_poll
from monitor.poll.memory import TopicMemory
from monitor.progress import Progress
from monitor.settings import KafkaSettings, Project, Settings
from monitor.stream import transport
from monitor.stream.guard import Output
from monitor.stream.live import LiveWatches
from monitor.stream.setup import StreamOptions
from monitor.stream.stores import FolderStore, MemoryStore, Store
from monitor.stream.worker import StreamWorker
from monitor.watchdog import ConsumerReader, Ward, Watch, probing

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
    undelivered: Callable[[], int] = lambda: 0  # alerts that this process took over and has not brought to their end

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

    `watches` are what the role `stream` matches; None = those of news.watches, which it follows. Raises BrokerError.
    """
    async with AsyncExitStack() as stack:
        progress = Progress([topic for name in names for topic in READS[name]])
        producer = await stack.enter_async_context(kafka.started(kafka.producer(connection), connection))
        outbox = Outbox(producer, progress, PACE_BYTES if connection.embedded else None)
        health = Health()
        health.note("broker", lambda: outbox.trouble)
        readers = {topic: GROUPS[topic] for name in names for topic in READS[name]}
        lost = None if connection.embedded else await retention.vanished(connection, readers)
        health.note("retention", lambda: lost)
        roles = Roles(outbox, progress, health, [])
        if "notify" in names:
            await _notify(stack, roles, project, connection, console)
        if "stream" in names:
            await _stream(stack, roles, project, connection, watches)
        if "poll" in names:
            _poll(stack, roles, project, connection)
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
    else:
        while any(lag.waiting for lag in (await cluster.lags(connection, GROUPS)).values()):  # noqa: ASYNC110 remote
            await asyncio.sleep(0.5)
    while roles.undelivered():  # noqa: ASYNC110 each lane ends by itself
        await asyncio.sleep(0.05)


async def _notify(
    stack: AsyncExitStack, roles: Roles, project: Project, connection: Connection, console: TextIO
) -> None:
    notifiers = await stack.enter_async_context(open_notifiers(project.settings.channels, console))
    # Each step of a delivery waits for its row, so these are not held back to be sent with others.
    hasty = await stack.enter_async_context(kafka.started(kafka.producer(connection, linger_ms=0), connection))
    rows = Outbox(hasty, roles.progress, None)
    bury = roles.outbox.burial("notify")

    async def write(partition: int, key: str, row: bytes) -> None:
        await rows.send(Output(topics.DELIVERIES, key, row, partition))

    ledger = TopicLedger(partial(cluster.read_on, connection, topics.DELIVERIES.name), write, bury)
    consumer = kafka.consumer(connection, group=NOTIFY_GROUP)
    options = Options(ledger=ledger, random=random.random)
    worker = NotifyWorker(consumer, notifiers, bury, roles.progress.handled, options)
    roles.undelivered = lambda: worker.waiting
    roles.health.note("ledger", lambda: rows.trouble or worker.trouble)
    # Before the start: a member that joins without knowing its topics is given nothing until they are looked up again.
    consumer.subscribe([topics.ALERTS.name], listener=Rebalances(worker))
    await stack.enter_async_context(kafka.started(consumer, connection))
    _in_background(stack, roles, worker.run)
    stalled: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
    roles.failures.append(stalled)
    reader = ConsumerReader(consumer, lambda: roles.outbox.trouble or rows.trouble or worker.trouble)
    await _watched(stack, roles, connection, Ward("notify", NOTIFY_GROUP, reader, Limits(), stalled.set_result))


async def _stream(
    stack: AsyncExitStack, roles: Roles, project: Project, connection: Connection, watches: WatchSet | None
) -> None:
    settings = project.settings.stream
    member = settings.instance_id or f"{socket.gethostname()}-{os.getpid()}"
    if watches is None:
        in_use = await _followed(stack, roles, project.settings, connection, member)
    else:
        metrics.watches_loaded.set(watches.count)
        in_use = _always(watches)
    options = StreamOptions(
        faust={**kafka.faust_options(connection, transport.SCHEME), "broker_client_id": member},
        folder=Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="newsmonitor-"))),
        store=await _store(project.settings, connection),
        instance_id=settings.instance_id,
        partitions=project.settings.kafka.partitions,
        deadletters_in_a_row=settings.deadletters_in_a_row,
        quarantine_seconds=settings.quarantine_seconds,
    )
    worker = StreamWorker(options, in_use, roles.outbox, roles.progress)
    roles.failures.append(worker.failed)
    roles.health.add("stream", lambda: worker.complaint)
    roles.health.note("stream quarantine", lambda: ", ".join(worker.quarantined[:10]) or None)
    await stack.enter_async_context(worker)
    limits = Limits(stalled_seconds=settings.stalled_seconds)
    await _watched(stack, roles, connection, Ward("stream", topics.STREAM_APP, worker, limits, worker.fail))


async def _followed(
    stack: AsyncExitStack, roles: Roles, settings: Settings, connection: Connection, member: str
) -> Callable[[], WatchSet]:
    """The watches of news.watches, kept up with it until the stack unwinds."""
    consumer = await stack.enter_async_context(
        kafka.started(kafka.consumer(connection, group=workers.group_of(member)), connection)
    )
    live = LiveWatches(consumer, settings.cache_dir)
    await live.open()
    roles.health.note("watches", lambda: live.trouble)
    _in_background(stack, roles, live.run)
    return live


def _always(watches: WatchSet) -> Callable[[], WatchSet]:
    return lambda: watches


async def _store(settings: Settings, connection: Connection) -> Callable[[], Store]:
    """What makes the store; a folder has one part for each cluster, since what it keeps is a copy of a log there."""
    if settings.stream.store == "memory" or connection.embedded:  # the embedded broker's log ends with this process
        return MemoryStore
    folder = settings.stream.folder or caches.folder(settings.cache_dir) / "stream"
    return partial(FolderStore, folder, await _cluster_id(connection))


async def _cluster_id(connection: Connection) -> str:
    """The name that a cluster has for itself, fit for a folder. Raises BrokerError."""
    async with kafka.started(kafka.admin(connection), connection) as admin:
        try:
            described = await admin.describe_cluster()
        except KafkaError as error:
            raise BrokerError(f"the broker does not say which cluster it is of: {kafka.named(error)}") from error
    return quote(str(described["cluster_id"]), safe="")


async def _watched(stack: AsyncExitStack, roles: Roles, connection: Connection, ward: Ward) -> None:
    """Look after a reader until the stack unwinds."""
    watch = Watch(ward, await stack.enter_async_context(probing(connection)))
    roles.health.add(f"{ward.name} progress", lambda: watch.complaint)
    roles.health.note(f"{ward.name} state", lambda: watch.note)
    _in_background(stack, roles, watch.run)


def _poll(stack: AsyncExitStack, roles: Roles, project: Project, connection: Connection) -> None:
    partitions = project.settings.kafka.partitions

    async def write(feed: str, row: bytes) -> None:
        await roles.outbox.send(Output(topics.FEEDS, feed, row, topics.partition_of(feed, partitions)))

    memory = TopicMemory(lambda: cluster.read_all(connection, topics.FEEDS.name), write, roles.outbox.burial("poll"))
    publish = roles.outbox.publisher("feed")

    async def poll(stop: asyncio.Event) -> None:
        await memory.open(stop)
        await run_poll(project.feeds, project.settings.poll, publish, stop, memory=memory)

    roles.health.note("feeds", lambda: memory.trouble)
    _in_background(stack, roles, poll)


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
