"""Looks every few seconds whether a reader of topics makes progress, and says so in the metrics and in /healthz."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import KafkaError

from monitor import kafka, logs, metrics
from monitor.core.watchdog import Limits, Partition, Sight, Watchdog
from monitor.errors import BrokerError, Stalled
from monitor.kafka import Connection

EVERY_SECONDS = 5.0
ANSWER_SECONDS = 10.0

Name = tuple[str, int]  # topic, partition


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come in a partition that it owns; `position` None = it does not know yet."""

    position: int | None  # the next offset that it will read
    oldest: int | None = None  # of the records that it has read and not handled
    in_hand: int = 0  # how many those are


class Reader(Protocol):
    """Whom to watch."""

    def places(self) -> Mapping[Name, Place]:
        """What it owns and should make progress in."""

    @property
    def ready(self) -> bool:
        """Whether it has joined its group and recovered."""

    @property
    def life(self) -> int:
        """A number that moves while it recovers."""

    @property
    def waits_for(self) -> str | None:
        """What it waits for rightly, such as a broker that is away."""


class Probe:
    """Asks the broker by connections of its own: those of a reader that is stuck may be what is stuck."""

    def __init__(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient) -> None:
        self._consumer, self._admin = consumer, admin

    async def spans(self, names: Collection[Name]) -> dict[Name, tuple[int, int]]:
        """First offset of each partition and the one after its last committed record. Raises BrokerError."""
        partitions = [TopicPartition(*name) for name in names]
        if not partitions:
            return {}
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                start = await self._consumer.beginning_offsets(partitions)
                end = await self._consumer.end_offsets(partitions)
        except (KafkaError, OSError, TimeoutError) as error:
            raise BrokerError(f"the broker does not say where its records end: {kafka.named(error)}") from error
        return {(tp.topic, tp.partition): (start[tp], end[tp]) for tp in partitions}

    async def nobody_owns(self, group: str) -> bool:
        """Whether no member of the group owns a partition; no where the broker does not say."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                (answer,) = await self._admin.describe_consumer_groups([group])
        except (KafkaError, OSError, TimeoutError, NotImplementedError):
            return False
        members = [member for found in answer.to_object()["groups"] for member in found["members"]]
        return not any(_partitions(member["member_assignment"]) for member in members)


def _partitions(assignment: bytes) -> list[TopicPartition]:
    return ConsumerProtocolMemberAssignment.decode(assignment).partitions() if assignment else []


@asynccontextmanager
async def probing(connection: Connection) -> AsyncIterator[Probe]:
    """A probe, for as long as the block lasts. Raises BrokerError."""
    async with (
        kafka.started(kafka.consumer(connection), connection) as consumer,
        kafka.started(kafka.admin(connection), connection) as admin,
    ):
        yield Probe(consumer, admin)


@dataclass(frozen=True, slots=True)
class Ward:
    """A reader to watch, and whom to tell when it has to be started anew."""

    name: str
    group: str  # its consumer group
    reader: Reader
    limits: Limits
    fail: Callable[[Stalled], None]


class Watch:
    """Watches one reader; `note` says how it is doing, `complaint` what is wrong for good."""

    def __init__(self, ward: Ward, probe: Probe) -> None:
        self._ward, self._probe, self._dog = ward, probe, Watchdog(ward.limits)
        self._shown: set[Name] = set()
        self._log = logs.logger(ward.name)
        self.note: str | None = None
        self.complaint: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Look until told to stop, or until the reader has to be started anew: then `fail` is told, once."""
        loop = asyncio.get_running_loop()
        while not stop.is_set() and self.complaint is None:
            sight = await self._sight()
            self._show(sight)
            self.complaint = self._dog.look(sight, loop.time())
            if self.complaint is None:
                await _wait(stop, EVERY_SECONDS)
            else:
                self._log.error("stands still", why=self.complaint)
                self._ward.fail(
                    Stalled(f"{self._ward.name} stands still: {self.complaint}. Nothing is lost: start it again")
                )

    async def _sight(self) -> Sight:
        reader = self._ward.reader
        waits_for = reader.waits_for
        try:
            places = reader.places()
            spans = await self._probe.spans(places.keys())
            nobody = reader.ready and not places and await self._probe.nobody_owns(self._ward.group)
        except BrokerError as error:
            return Sight(ready=reader.ready, waits_for=waits_for or str(error))
        owned = tuple(_partition(name, place, *spans[name]) for name, place in places.items())
        return Sight(owned, reader.ready, reader.life, nobody, waits_for)

    def _show(self, sight: Sight) -> None:
        shown = {(seen.topic, seen.partition): seen.waiting for seen in sight.owned}
        for topic, partition in self._shown - shown.keys():
            metrics.consumer_lag.remove(topic, str(partition))
        for (topic, partition), waiting in shown.items():
            metrics.consumer_lag.labels(topic, str(partition)).set(waiting)
        self._shown = set(shown)
        self.note = sight.waits_for and f"waiting: {sight.waits_for}"
        if self.note is None and sight.ready and not shown:
            self.note = "standing by: others own all partitions"


def _partition(name: Name, place: Place, start: int, end: int) -> Partition:
    position = start if place.position is None else place.position
    mark = position if place.oldest is None else place.oldest
    return Partition(*name, mark=mark, waiting=place.in_hand + max(0, end - max(position, start)))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


class ConsumerReader:
    """A plain consumer, as somebody to watch: it stands still where records wait and it does not read them.

    Partitions that are paused on purpose are left alone. `waits_for` tells what the process waits for rightly.
    """

    ready = True
    life = 0

    def __init__(self, consumer: AIOKafkaConsumer, waits_for: Callable[[], str | None]) -> None:
        self._consumer, self._waits_for = consumer, waits_for

    @property
    def waits_for(self) -> str | None:
        """What the process waits for."""
        return self._waits_for()

    def places(self) -> dict[Name, Place]:
        """How far it has read in each partition that is not paused."""
        active = self._consumer.assignment() - self._consumer.paused()
        return {(tp.topic, tp.partition): Place(position_of(self._consumer, tp)) for tp in active}


def position_of(consumer: AIOKafkaConsumer, partition: TopicPartition) -> int | None:
    """The next offset that a consumer will read, None while it does not know: its own `position` would wait for it."""
    subscription = consumer._subscription.subscription
    assignment = subscription and subscription.assignment
    state = assignment and assignment.state_value(partition)
    return state.position if state and state.has_valid_position else None
