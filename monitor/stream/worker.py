"""The stream role: one Faust app with the match and the story agent, run inside a running event loop."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol

from monitor import logs, topics
from monitor.core.floods import Floods
from monitor.core.matching.watches import WatchSet
from monitor.deadletters import Header
from monitor.errors import CodeBroken, Stalled
from monitor.killpoints import reached
from monitor.progress import Progress
from monitor.stream import transport
from monitor.stream.guard import Bury, Guard, Output, Record, Stage
from monitor.stream.setup import EndsOnce, StreamOptions, faust_app
from monitor.stream.stages import TABLES, MatchStage, StoryStage
from monitor.stream.tables import RowTable
from monitor.watchdog import Place

LEAVE_SECONDS = 3.0  # for Faust to end what has nothing left to do
MOST_AT_ONCE = 200  # records that are handled together when so many are waiting


class Outlet(Protocol):
    """Where outputs and dead letters go."""

    @property
    def trouble(self) -> str | None:
        """What keeps records from a topic at this moment, in words."""

    async def send(self, output: Output) -> int:
        """Send one record, acked, and return its offset; wait out what can pass. Raises BrokerRefused."""
        ...

    def burial(self, stage: str) -> Bury:
        """What makes dead letters of records of this stage."""
        ...


class StreamWorker:
    """Matches articles and judges matches until it is stopped; an async context manager.

    `failed` resolves with the error when the worker cannot go on: then the process has to end, so that its successor
    reads again what was not committed.
    """

    def __init__(
        self,
        options: StreamOptions,
        watches: Callable[[], WatchSet],
        outlet: Outlet,
        progress: Progress,
    ) -> None:
        transport.register()
        self.failed: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Task[None]] = []
        self._progress, self._outlet = progress, outlet
        self._was_ready = False
        self._log = logs.logger("stream")
        self._app = faust_app(options)
        self._store = options.store()
        self._recovering, self._assigned_at = asyncio.Lock(), 0.0
        self._tables = {name: self._table(name, options.partitions) for name in topics.TABLES}
        self._story = StoryStage(self._tables, options.partitions, self._store.open_disk)
        stages: list[tuple[topics.Topic, Stage]] = [
            (topics.ARTICLES, MatchStage(watches, options.partitions)),
            (topics.MATCHES, self._story),
        ]
        loop = asyncio.get_running_loop()
        floods = partial(Floods, options.deadletters_in_a_row, options.quarantine_seconds)
        self._guards = [Guard(stage, self._send, outlet.burial(stage.name), floods, loop.time) for _, stage in stages]
        self._work = [self._agent(topic, guard) for (topic, _), guard in zip(stages, self._guards, strict=True)]
        self._tables[topics.TABLES[0]].on_recover(self._recovered)
        self._app.on_partitions_assigned.connect(self._assigned)

    async def __aenter__(self) -> "StreamWorker":
        self._tasks = [asyncio.create_task(work()) for work in self._work]
        try:
            await self._app.start()
        except BaseException:  # a stop in the middle of a start, too, leaves a thread that would keep the process
            await self.__aexit__()
            raise
        self._tasks.append(asyncio.create_task(self._report_crash()))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.failed.done():
            # What is in hand will never be handled, so do not wait for it; it is not committed either.
            self._app.conf.stream_wait_empty = False
        await self._stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.failed.cancel()
        self._store.close()

    async def _stop(self) -> None:
        """Stop Faust: what is in hand is handled and committed, then the group is left.

        Where a stop meets a rebalance, Faust can wait for ever for an agent that its supervisor starts anew meanwhile.
        All is committed by then, so that is left behind after a few seconds.
        """
        settled = asyncio.Event()

        async def committed(_app: Any, **_: Any) -> None:
            settled.set()

        self._app.on_before_shutdown.connect(committed, weak=False)
        stopping, settling = asyncio.ensure_future(self._app.stop()), asyncio.ensure_future(settled.wait())
        await asyncio.wait({stopping, settling}, return_when=asyncio.FIRST_COMPLETED)
        settling.cancel()
        await asyncio.wait({stopping}, timeout=LEAVE_SECONDS)
        if stopping.done():
            stopping.result()
            return
        self._log.warning("agents left behind", seconds=LEAVE_SECONDS)
        stopping.cancel()
        leaving = asyncio.ensure_future(self._app.consumer.stop())
        await asyncio.wait({stopping, leaving}, timeout=LEAVE_SECONDS)

    @property
    def ready(self) -> bool:
        """Whether it has joined its group and recovered its tables."""
        return bool(self._app.tables.recovery.completed.is_set()) and not self._app.rebalancing

    @property
    def complaint(self) -> str | None:
        """What keeps it from work, while it has not been at work yet."""
        self._was_ready = self._was_ready or self.ready
        return None if self._was_ready else "joining its group or recovering its tables"

    @property
    def life(self) -> int:
        """A number that moves while it recovers its tables."""
        moved: int = self._app.consumer.recovered_records()
        return moved

    @property
    def waits_for(self) -> str | None:
        """What its outputs wait for."""
        return self._outlet.trouble

    def places(self) -> dict[tuple[str, int], Place]:
        """How far it has come in each partition that it owns."""
        found: dict[tuple[str, int], Place] = self._app.consumer.places()
        return found

    @property
    def quarantined(self) -> list[str]:
        """The sources whose records go to the dead letters untried."""
        return [source for guard in self._guards for source in guard.quarantined]

    def fail(self, error: BaseException) -> None:
        """Handle nothing more, and let `failed` tell."""
        self._log.error("cannot go on", error=f"{type(error).__name__}: {error}")
        if not self.failed.done():
            self.failed.set_result(error)

    def _table(self, name: str, partitions: int) -> RowTable:
        table = self._app.Table(name, partitions=partitions, key_type=str, value_type=bytes, rows=self._store)
        assert isinstance(table, RowTable)
        return table

    async def _send(self, output: Output) -> None:
        offset = await self._outlet.send(output)
        if table := TABLES.get(output.topic.name):
            self._tables[table].acked(output.key, offset)

    def _agent(self, topic: topics.Topic, guard: Guard) -> Callable[[], Any]:
        """The agent only queues what comes; the returned coroutine function handles as much as is waiting."""
        waiting: asyncio.Queue[Any] = asyncio.Queue(MOST_AT_ONCE)
        source = self._app.topic(
            topic.name, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
        )

        async def consume(stream: Any) -> None:
            # Acked by hand once handled, so that a rebalance and a stop wait for what is in the queue.
            try:
                async for event in stream.noack().events():
                    await waiting.put(event)
            except Exception as error:
                self.fail(error)

        async def work() -> None:
            try:
                while not self.failed.done():
                    await self._handle(await _as_many_as_wait(waiting), guard)
            except Exception as error:
                self.fail(error)

        self._app.agent(source, name=topic.name, concurrency=1, supervisor_strategy=EndsOnce)(consume)
        return work

    async def _handle(self, events: list[Any], guard: Guard) -> None:
        messages = [event.message for event in events]
        await guard([Record(m.topic, m.partition, m.offset, m.key, m.value, _headers(m)) for m in messages])
        for event, message in zip(events, messages, strict=True):
            self._app.consumer.handled(message)
            event.ack()
            self._progress.handled(message.topic, message.partition, message.offset)
        reached(f"{guard.stage}.handled")

    async def _assigned(self, *_: object, **__: object) -> None:
        self._assigned_at = asyncio.get_running_loop().time()

    async def _recovered(self) -> None:
        # Faust swallows what is raised here, and would run on with an empty memory.
        try:
            async with self._recovering:  # the next may begin before this is through
                owned = _owned_matches(self._app.consumer.assignment())
                rows = sum(table.take_read() for table in self._tables.values())
                changed = {partition for table in self._tables.values() for partition in table.take_recovered()}
                await self._story.restore(owned, changed)
                seconds = round(asyncio.get_running_loop().time() - self._assigned_at, 1)
                self._log.info("tables recovered", partitions=len(owned), rows_read=rows, seconds=seconds)
        except Exception as error:
            self.fail(error)

    async def _report_crash(self) -> None:
        await self._app.wait_for_stopped()
        if self._app.crashed:
            self.fail(self._app.crash_reason or CodeBroken("the stream app stopped by itself"))


def _owned_matches(assignment: Iterable[Any]) -> set[int]:
    """The partitions of news.matches. Raises Stalled where a table of one of them is not here."""
    owned: dict[str, set[int]] = defaultdict(set)
    for tp in assignment:
        owned[tp.topic].add(tp.partition)
    matches = owned[topics.MATCHES.name]
    for changelog in topics.CHANGELOGS:
        if apart := matches - owned[changelog.name]:
            raise Stalled(
                f"partition {min(apart)} of {topics.MATCHES.name} came without that of {changelog.name}, and cannot be"
                " judged without it: stopping, so that partitions are given out anew"
            )
    return matches


def _headers(message: Any) -> list[Header]:
    headers = message.headers or ()
    return list(headers.items() if isinstance(headers, Mapping) else headers)


async def _as_many_as_wait(queue: asyncio.Queue[Any]) -> list[Any]:
    batch = [await queue.get()]
    while not queue.empty():
        batch.append(queue.get_nowait())
    return batch
