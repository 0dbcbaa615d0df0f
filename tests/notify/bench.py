"""A worker with everything around it, for its tests."""

import asyncio
from collections.abc import Callable, Sequence

from aiokafka import TopicPartition
from prometheus_client import REGISTRY

from monitor.notify.worker import NotifyWorker, Options
from tests.notify.recording import (
    ALERTS,
    FakeConsumer,
    FakeRecord,
    FakeTimer,
    Grave,
    LoggingLedger,
    RecordingNotifier,
)


class Bench:
    """A worker with everything around it, for one or more channels."""

    def __init__(
        self,
        *channels: str,
        interval_seconds: float = 0.0,
        random: float = 1.0,
        most: int = 1000,
        ledger: LoggingLedger | None = None,
    ) -> None:
        self.timer = FakeTimer()
        self.consumer = FakeConsumer({}, self.timer)
        self.ledger = ledger or LoggingLedger()
        self.ledger.log = self.consumer.log
        self.grave = Grave(self.consumer.log)
        self.places = {name: RecordingNotifier(interval_seconds, self.timer) for name in channels or ("desk",)}
        self.handled: list[tuple[str, int, int]] = []
        self.worker = NotifyWorker(
            self.consumer,
            self.places,
            self.grave,
            lambda *step: self.handled.append(step),
            Options(random=lambda: random, timer=self.timer, most_waiting=most, ledger=self.ledger),
        )
        self.stop = asyncio.Event()

    @property
    def desk(self) -> RecordingNotifier:
        return self.places["desk"]

    def give(self, given: Sequence[FakeRecord], key: TopicPartition = ALERTS) -> None:
        self.consumer.waiting.setdefault(key, []).extend(given)

    async def run(self, until: Callable[[], bool]) -> None:
        self.consumer.each_time = lambda: self.stop.set() if until() else None
        await self.worker.run(self.stop)

    def all_through(self, key: TopicPartition = ALERTS) -> Callable[[], bool]:
        end = self.consumer.waiting[key][-1].offset + 1
        return lambda: self.consumer.committed.get(key) == end and self.worker.waiting == 0


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
