"""What the worker's tests put around it: a notifier, a timer and a consumer without any destination, time or broker."""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import TopicPartition

from monitor import wire
from monitor.errors import DeliveryError
from monitor.model import Alert, Delivery
from monitor.notify.ledger import MemoryLedger
from monitor.records import Record

ALERTS = TopicPartition("news.alerts", 0)
OTHER = TopicPartition("news.alerts", 1)


class RecordingNotifier:
    """Keeps what it accepts; answers first what it is told to, and waits at its gate."""

    def __init__(self, interval_seconds: float = 0.0, timer: "FakeTimer | None" = None) -> None:
        self.interval_seconds = interval_seconds
        self.accepted: list[Alert] = []
        self.answers: list[Exception | None] = []
        self.fail_for: dict[str, Exception] = {}  # alert id → what it is answered each time
        self.asked_at: list[float] = []
        self.begun: list[str] = []
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self._timer = timer

    @property
    def ids(self) -> list[str]:
        return [alert.id for alert in self.accepted]

    async def send(self, alert: Alert) -> None:
        self.asked_at.append(self._timer.now() if self._timer else 0.0)
        self.begun.append(alert.id)
        self.asked.set()
        await self.gate.wait()
        answer = self.fail_for.get(alert.id) or (self.answers.pop(0) if self.answers else None)
        if answer is not None:
            raise answer
        self.accepted.append(alert)

    async def close(self) -> None:
        pass


class FakeTimer:
    """Time that passes only when `step` says so: then it jumps to where somebody waits to be woken."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if seconds is None:
            await event.wait()
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (self._now + max(seconds, 0), self._order, woken))
        called = asyncio.ensure_future(event.wait())
        both: set[asyncio.Future[Any]] = {called, woken}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        called.cancel()
        await asyncio.gather(called, woken, return_exceptions=True)

    def step(self) -> None:
        while self._sleepers:
            due, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._now = max(self._now, due)
                woken.set_result(None)
                return


@dataclass
class FakeRecord:
    value: bytes | None
    offset: int
    partition: int = 0
    topic: str = "news.alerts"
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()


def records(*contents: Alert | bytes | None, partition: int = 0, start: int = 0) -> list[FakeRecord]:
    values = [wire.encode(content) if isinstance(content, Alert) else content for content in contents]
    return [FakeRecord(value, offset, partition) for offset, value in enumerate(values, start)]


@dataclass
class FakeConsumer:
    """Hands out records by partition, keeps commits; when it has nothing to give, time passes."""

    waiting: dict[TopicPartition, list[FakeRecord]]
    timer: FakeTimer
    log: list[str] = field(default_factory=list)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    paused: set[TopicPartition] = field(default_factory=set)
    ever_paused: set[TopicPartition] = field(default_factory=set)
    read_errors: list[Exception] = field(default_factory=list)
    commit_errors: list[Exception] = field(default_factory=list)
    each_time: Callable[[], None] = lambda: None
    steps: int = 0

    async def getmany(self, *, timeout_ms: int, max_records: int) -> Mapping[TopicPartition, Sequence[FakeRecord]]:
        assert timeout_ms > 0
        self.steps += 1
        assert self.steps < 20_000, "what the test waits for does not come"
        for _ in range(30):
            await asyncio.sleep(0)
        if self.read_errors:
            raise self.read_errors.pop(0)
        found: dict[TopicPartition, Sequence[FakeRecord]] = {}
        for key, waiting in self.waiting.items():
            if waiting and key not in self.paused:
                found[key], self.waiting[key] = waiting[:max_records], waiting[max_records:]
        if not found:
            self.timer.step()
        self.each_time()
        return found

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        await asyncio.sleep(0)
        if self.commit_errors:
            raise self.commit_errors.pop(0)
        self.committed.update(offsets)
        self.log += [f"commit {key.partition}:{offset}" for key, offset in offsets.items()]

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused.update(partitions)
        self.ever_paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused.difference_update(partitions)


class LoggingLedger(MemoryLedger):
    """Notes each row, in the same log as the commits; first it fails as often as it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []
        self.rows: list[Delivery] = []
        self.errors: list[Exception] = []
        self.open_errors: list[Exception] = []

    async def open(self, partition: int) -> Sequence[Delivery]:
        await asyncio.sleep(0)
        if self.open_errors:
            raise self.open_errors.pop(0)
        return await super().open(partition)

    async def record(self, partition: int, delivery: Delivery) -> None:
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        await super().record(partition, delivery)
        self.rows.append(delivery)
        self.log.append(f"{delivery.fate} {delivery.alert}")


@dataclass
class Grave:
    """Takes dead letters, in the same log as the commits; first it fails as often as it is told to."""

    log: list[str]
    letters: list[tuple[Record, Exception]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    async def __call__(self, record: Record, error: Exception) -> None:
        await asyncio.sleep(0)
        if self.errors:
            raise self.errors.pop(0)
        self.letters.append((record, error))
        self.log.append(f"buried {record.partition}:{record.offset}")

    @property
    def offsets(self) -> list[int]:
        return [record.offset for record, _ in self.letters]


def busy(times: int, after_seconds: float | None = None) -> Iterable[Exception]:
    return [DeliveryError("busy", after_seconds) for _ in range(times)]
