"""The notify role: news.alerts → channels, nothing lost and nothing committed before it is done.

::

    getmany ──► decode ──► lane of its channel ──► notifier ──► ledger ──► commit
                  │          │ refused, a day over
                  └──────────┴──► dead letters ──► commit

A channel that is slow or away fills its own lane. When that is full, its alerts wait in the backlog of their partition,
which is paused while they do; alerts for other channels pass them.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError

from monitor import logs, wire
from monitor.errors import DeliveryRefused, MonitorError, WireError
from monitor.model import Alert
from monitor.notify.burials import Burials, DeadLetters
from monitor.notify.lane import MOST_WAITING, Desk, Lane
from monitor.notify.ledger import Ledger, MemoryLedger
from monitor.notify.notifier import Notifier
from monitor.notify.offsets import Offsets, Record, Ticket
from monitor.notify.timer import RealTimer, Timer, longest_backoff

POLL_MS = 200
MOST_AT_ONCE = 500  # records of one fetch, and so of the backlog of one partition
GRACE_SECONDS = 30.0  # for what is being sent when the worker stops

Handled = Callable[[str, int, int], None]  # topic, partition, offset: this record and all before it are through


class Consumer(Protocol):
    """The part of aiokafka's consumer that is used."""

    def getmany(self, *, timeout_ms: int, max_records: int) -> Awaitable[Mapping[TopicPartition, Sequence[Any]]]:
        """Records by partition; nothing when none came in time."""

    def commit(self, offsets: Mapping[TopicPartition, int]) -> Awaitable[None]:
        """Keep these as the offsets from which the next worker reads."""

    def pause(self, *partitions: TopicPartition) -> None:
        """Give out no more records of these."""

    def resume(self, *partitions: TopicPartition) -> None:
        """Give out records of these again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a worker is set up; `random` gives numbers from 0 up to 1."""

    random: Callable[[], float]
    ledger: Ledger = field(default_factory=MemoryLedger)
    timer: Timer = field(default_factory=RealTimer)
    most_waiting: int = MOST_WAITING  # alerts of one channel


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A record with what was read from it, or why nothing could be."""

    record: Record
    content: Alert | MonitorError
    ticket: Ticket


@dataclass(slots=True)
class _Partition:
    """What is known of one partition while it is ours."""

    offsets: Offsets = field(default_factory=Offsets)
    backlog: deque[_Parcel] = field(default_factory=deque)
    paused: bool = False
    through: int | None = None
    committed: int | None = None


class NotifyWorker:
    """Delivers the alerts that a consumer hands out."""

    def __init__(
        self,
        consumer: Consumer,
        notifiers: Mapping[str, Notifier],
        deadletters: DeadLetters,
        handled: Handled,
        options: Options,
    ) -> None:
        """`handled` hears of each step forward, before it is committed."""
        self._consumer, self._handled, self._timer = consumer, handled, options.timer
        self._burials = Burials(deadletters, options.timer)
        desk = Desk(ledger=options.ledger, burials=self._burials, timer=options.timer, random=options.random)
        self._lanes = {name: Lane(name, notifier, desk, options.most_waiting) for name, notifier in notifiers.items()}
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._failures = 0
        self._log = logs.logger("notify")

    @property
    def waiting(self) -> int:
        """Alerts that were taken and are not through yet."""
        backlogs = sum(len(partition.backlog) for partition in self._partitions.values())
        return backlogs + self._burials.waiting + sum(lane.waiting for lane in self._lanes.values())

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish what is being sent, commit, return. The consumer stays open."""
        lanes: list[Lane | Burials] = [self._burials, *self._lanes.values()]
        tasks = [asyncio.create_task(lane.run()) for lane in lanes]
        try:
            await self._pump(stop, tasks)
        finally:
            for lane in lanes:
                lane.stop()
            failure = await _end(tasks)
            await self.commit()
        if failure is not None:
            raise failure

    def lost(self, partitions: Iterable[TopicPartition]) -> None:
        """These belong to another worker now: begin nothing more of them, forget how far they were."""
        for key in partitions:
            partition = self._partitions.pop(key, None)
            if partition is not None:
                partition.offsets.lose()

    async def commit(self) -> None:
        """Commit what is finished."""
        moved = {}
        for key, partition in self._partitions.items():
            finished = partition.offsets.finished()
            if finished is not None and finished != partition.through:
                partition.through = finished
                self._handled(key.topic, key.partition, finished)
            if partition.through is not None and partition.through != partition.committed:
                moved[key] = partition.through
        if moved and await self._accepted({key: offset + 1 for key, offset in moved.items()}):
            for key in self._partitions.keys() & moved.keys():
                self._partitions[key].committed = moved[key]

    async def _pump(self, stop: asyncio.Event, tasks: Sequence[asyncio.Task[None]]) -> None:
        while not stop.is_set() and not any(task.done() for task in tasks):
            for key, records in (await self._fetch(stop)).items():
                self._take(key, records)
            for key, partition in self._partitions.items():
                self._drain(key, partition)
            await self.commit()

    async def _fetch(self, stop: asyncio.Event) -> Mapping[TopicPartition, Sequence[Record]]:
        try:
            found = await self._consumer.getmany(timeout_ms=POLL_MS, max_records=MOST_AT_ONCE)
        except KafkaError as error:
            self._failures += 1
            seconds = min(longest_backoff(self._failures), 30.0)
            self._log.warning("cannot read alerts", error=type(error).__name__, seconds=seconds)
            await self._timer.wait(stop, seconds)
            return {}
        self._failures = 0
        return found

    def _take(self, key: TopicPartition, records: Sequence[Record]) -> None:
        partition = self._partitions.setdefault(key, _Partition())
        for record in records:
            ticket = partition.offsets.take(record.offset)
            if ticket is not None:
                partition.backlog.append(_Parcel(record, self._read(record), ticket))

    def _read(self, record: Record) -> Alert | MonitorError:
        try:
            alert = wire.decode(record.value, Alert)
        except WireError as error:
            return error
        except Exception as error:
            return WireError(f"{type(error).__name__} while reading the record")
        if alert.channel in self._lanes:
            return alert
        known = ", ".join(self._lanes) or "none"
        return DeliveryRefused(f"no channel {alert.channel!r:.80} is configured here (there are: {known:.200})")

    def _drain(self, key: TopicPartition, partition: _Partition) -> None:
        """Hand the backlog to the lanes; what a full one does not take stays, in order, and pauses the partition."""
        # Nothing else runs meanwhile: a lane that is full for one alert is still full for the next, so none overtakes.
        partition.backlog = deque(parcel for parcel in partition.backlog if not self._hand_over(parcel))
        pause = bool(partition.backlog)
        if pause == partition.paused:
            return
        try:
            (self._consumer.pause if pause else self._consumer.resume)(key)
        except KafkaError as error:  # taken from us a moment ago: what it holds is another worker's
            self._log.info("partition gone", partition=key.partition, error=type(error).__name__)
        partition.paused = pause

    def _hand_over(self, parcel: _Parcel) -> bool:
        """Whether a lane took it."""
        if isinstance(parcel.content, Alert):
            return self._lanes[parcel.content.channel].put(parcel.content, parcel.record, parcel.ticket)
        return self._burials.put(parcel.content, parcel.record, parcel.ticket)

    async def _accepted(self, offsets: Mapping[TopicPartition, int]) -> bool:
        try:
            await self._consumer.commit(offsets)
        except (KafkaError, ConsumerStoppedError) as error:
            self._log.warning("cannot commit, will try again", error=type(error).__name__)
            return False
        return True


class Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the worker which partitions go: hand it to the consumer's `subscribe`."""

    def __init__(self, worker: NotifyWorker) -> None:
        self._worker = worker

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Commit what is finished, forget the rest."""
        await self._worker.commit()
        self._worker.lost(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Nothing to prepare."""


async def _end(tasks: Sequence[asyncio.Task[None]]) -> Exception | None:
    """Wait for the lanes, cancel one that hangs; what one of them failed with."""
    _, hanging = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    for task in hanging:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return next((result for result in results if isinstance(result, Exception)), None)
