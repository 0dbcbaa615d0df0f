"""The ledger on its topic: rows that are damaged, and rows that the broker dropped."""

import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from monitor import cluster, kafka, wire
from monitor.broker import EmbeddedBroker
from monitor.errors import BrokerRefused
from monitor.kafka import Connection
from monitor.model import Delivery, Fate
from monitor.notify.ledger import REMEMBERED_DAYS, Shelf, TopicLedger
from monitor.records import Record
from tests.notify.alerts import numbered
from tests.notify.recording import FakeRecord

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def row(fate: Fate, number: int = 0, taken_at: datetime = NOON) -> Delivery:
    alert = numbered(number)
    carried = alert if fate in (Fate.PENDING, Fate.SENDING) else None
    return Delivery(channel="desk", alert=alert.id, fate=fate, taken_at=taken_at, offset=number, carried=carried)


@dataclass
class Deliveries:
    """One partition of the topic in memory."""

    records: list[FakeRecord] = field(default_factory=list)
    buried: list[tuple[int, str]] = field(default_factory=list)
    read_from: list[int] = field(default_factory=list)

    def put(self, key: str | bytes | None, value: bytes | None) -> None:
        raw = key.encode() if isinstance(key, str) else key
        self.records.append(FakeRecord(value, len(self.records), 0, "news.deliveries", raw))

    def put_row(self, delivery: Delivery) -> None:
        self.put(delivery.key, wire.encode(delivery))

    async def read(self, _partition: int, offset: int) -> AsyncIterator[Record]:
        self.read_from.append(offset)
        for record in self.records[offset:]:
            yield record

    async def write(self, _partition: int, key: str, value: bytes) -> None:
        self.put(key, value)

    async def bury(self, record: Record, error: Exception) -> None:
        self.buried.append((record.offset, str(error)))

    def ledger(self) -> TopicLedger:
        return TopicLedger(self.read, self.write, self.bury)


async def unsettled(of: Deliveries) -> Sequence[int]:
    return [delivery.offset for delivery in await of.ledger().open(0)]


async def test_damage_is_buried_and_its_neighbours_never_notice() -> None:
    topic = Deliveries()
    topic.put_row(row(Fate.PENDING, 0))
    topic.put("desk|alert-1", b"")
    topic.put("desk|alert-2", b"[" * 100_000)
    topic.put("desk|alert-3", wire.encode(row(Fate.PENDING, 4)))
    topic.put("desk|alert-5", wire.encode(replace(row(Fate.PENDING, 5), carried=None)))
    topic.put(b"\xff", wire.encode(row(Fate.PENDING, 6)))
    topic.put(None, wire.encode(row(Fate.PENDING, 7)))
    topic.put(None, None)
    topic.put_row(row(Fate.PENDING, 8))
    assert await unsettled(topic) == [0, 8]
    assert [offset for offset, _ in topic.buried] == [1, 2, 3, 4, 5, 6]
    assert [why for _, why in topic.buried][3] == "the row says pending and carries no alert"


async def test_damage_that_was_replaced_is_not_told_of() -> None:
    topic = Deliveries()
    topic.put("desk|alert-0", b"garbage")
    topic.put_row(row(Fate.PENDING, 0))
    assert await unsettled(topic) == [0]
    assert topic.buried == []


async def test_a_damaged_row_hides_no_older_one() -> None:
    topic = Deliveries()
    topic.put_row(row(Fate.PENDING, 0))
    topic.put("desk|alert-0", b"garbage")
    assert await unsettled(topic) == [0]
    assert len(topic.buried) == 1


@pytest.mark.parametrize("fate", Fate)
async def test_a_row_that_was_removed_is_forgotten(fate: Fate) -> None:
    topic = Deliveries()
    topic.put_row(row(fate))
    topic.put("desk|alert-0", None)
    ledger = topic.ledger()
    assert list(await ledger.open(0)) == []
    assert ledger.fate(0, row(Fate.PENDING)) is None


async def test_what_was_read_is_not_read_again() -> None:
    topic = Deliveries()
    ledger = topic.ledger()
    topic.put_row(row(Fate.PENDING))
    await ledger.open(0)
    topic.put_row(row(Fate.SENT))
    assert list(await ledger.open(0)) == []
    assert topic.read_from == [0, 1]


async def test_a_row_counts_only_once_it_is_written() -> None:
    async def refuse(_partition: int, _key: str, _value: bytes) -> None:
        raise BrokerRefused("too large")

    ledger = TopicLedger(Deliveries().read, refuse, Deliveries().bury)
    with pytest.raises(BrokerRefused):
        await ledger.record(0, row(Fate.SENT))
    assert ledger.fate(0, row(Fate.PENDING)) is None


async def test_what_the_embedded_broker_dropped_is_still_known(embedded: EmbeddedBroker, unique: str) -> None:
    embedded.create_topic(unique, 1)
    connection = Connection(bootstrap=embedded.bootstrap, embedded=True)
    async with kafka.started(kafka.producer(connection), connection) as producer:

        async def write(partition: int, key: str, value: bytes) -> None:
            await kafka.send(producer, unique, key.encode(), value, partition=partition)

        ledger = TopicLedger(partial(cluster.read_on, connection, unique), write, Deliveries().bury)
        await ledger.record(0, row(Fate.SENT, 0))
        await ledger.record(0, row(Fate.PENDING, 1))
        for number in range(2, 12):
            alert = replace(numbered(number), excerpt="x" * 800_000)
            await ledger.record(0, replace(row(Fate.PENDING, number), carried=alert))
            await ledger.record(0, row(Fate.SENT, number))
        (first, *_) = [record async for record in cluster.read_on(connection, unique, 0, 0)]
        assert first.offset > 1, "the first rows are gone"
        assert [left.offset for left in await ledger.open(0)] == [1]
        assert ledger.fate(0, row(Fate.PENDING, 0)) is Fate.SENT


def test_what_is_sent_is_forgotten_after_its_days() -> None:
    shelf = Shelf()
    shelf.apply(row(Fate.SENT, 0, NOON))
    shelf.apply(row(Fate.SENT, 1, NOON + timedelta(days=REMEMBERED_DAYS)))
    assert shelf.fate(row(Fate.PENDING, 0)) is Fate.SENT
    shelf.apply(row(Fate.SENT, 2, NOON + timedelta(days=REMEMBERED_DAYS + 1)))
    assert [shelf.fate(row(Fate.PENDING, number)) for number in range(3)] == [None, Fate.SENT, Fate.SENT]


def test_what_is_sent_takes_little_memory() -> None:
    shelf = Shelf()
    for number in range(2000):
        shelf.apply(row(Fate.SENT, number))
    (keys,) = shelf._sent.values()
    assert (sys.getsizeof(keys) + sum(map(sys.getsizeof, keys))) / 2000 < 150
