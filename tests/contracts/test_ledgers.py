"""One suite for every ledger: what the notify worker relies on, in memory and on both brokers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from monitor import cluster, kafka
from monitor.kafka import Connection
from monitor.model import Delivery, Fate
from monitor.notify.ledger import Ledger, MemoryLedger, TopicLedger
from monitor.records import Record
from monitor.topics import DAY, Topic
from tests.contracts.brokers import connection_with
from tests.notify.alerts import numbered

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
UNSETTLED, SETTLED = (Fate.PENDING, Fate.SENDING), (Fate.SENT, Fate.DEAD)

MakeLedger = Callable[[], Ledger]  # one more worker's ledger over the same rows


def row(fate: Fate, number: int = 0, channel: str = "desk", **fields: Any) -> Delivery:
    alert = numbered(number, channel=channel)
    given = {"taken_at": NOON, "offset": number, "carried": None if fate in SETTLED else alert, **fields}
    return Delivery(channel=channel, alert=alert.id, fate=fate, **given)


@pytest.fixture(params=["memory", "embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def make_ledger(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[MakeLedger]:
    if request.param == "memory":
        ledger = MemoryLedger()
        yield lambda: ledger
        return
    connection = await connection_with(request, Topic(unique, 30 * DAY, compact=True), 2)
    async with topic_ledgers(connection, unique) as make:
        yield make


@asynccontextmanager
async def topic_ledgers(connection: Connection, topic: str) -> AsyncIterator[MakeLedger]:
    async with kafka.started(kafka.producer(connection, linger_ms=0), connection) as producer:

        async def write(partition: int, key: str, value: bytes) -> None:
            await kafka.send(producer, topic, key.encode(), value, partition=partition)

        yield lambda: TopicLedger(partial(cluster.read_on, connection, topic), write, no_damage)


async def no_damage(record: Record, error: Exception) -> None:
    raise AssertionError(f"{error} at {record.offset}")


async def opened(make: MakeLedger, partition: int = 0) -> Ledger:
    ledger = make()
    await ledger.open(partition)
    return ledger


async def test_a_partition_without_rows_holds_nothing(make_ledger: MakeLedger) -> None:
    ledger = make_ledger()
    assert list(await ledger.open(0)) == []
    assert list(await ledger.open(0)) == []
    assert ledger.fate(0, row(Fate.PENDING)) is None


@pytest.mark.parametrize("fate", Fate)
async def test_a_fate_is_known_at_once_and_to_the_next_worker(make_ledger: MakeLedger, fate: Fate) -> None:
    ledger = await opened(make_ledger)
    await ledger.record(0, row(fate))
    assert ledger.fate(0, row(Fate.PENDING)) is fate
    assert (await opened(make_ledger)).fate(0, row(Fate.PENDING)) is fate


@pytest.mark.parametrize("fate", UNSETTLED)
async def test_what_is_not_settled_comes_back_whole(make_ledger: MakeLedger, fate: Fate) -> None:
    left = row(fate, attempts=7, doubtful=True, replays=1)
    await (await opened(make_ledger)).record(0, left)
    assert list(await make_ledger().open(0)) == [left]


async def test_it_comes_back_in_the_order_of_the_alerts_whatever_was_tried_first(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    for number in (2, 0, 1):
        await ledger.record(0, row(Fate.PENDING, number))
    await ledger.record(0, row(Fate.SENDING, 0))
    assert [left.offset for left in await make_ledger().open(0)] == [0, 1, 2]


@pytest.mark.parametrize("fate", SETTLED)
async def test_what_is_settled_does_not_come_back(make_ledger: MakeLedger, fate: Fate) -> None:
    ledger = await opened(make_ledger)
    for step in (Fate.PENDING, Fate.SENDING, fate):
        await ledger.record(0, row(step))
    assert list(await ledger.open(0)) == list(await make_ledger().open(0)) == []


async def test_channels_alerts_and_partitions_are_strangers(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    await ledger.open(1)
    await ledger.record(0, row(Fate.SENT))
    for later in (ledger, await opened(make_ledger)):
        assert later.fate(0, row(Fate.PENDING, channel="night")) is None
        assert later.fate(0, row(Fate.PENDING, 1)) is None
        assert later.fate(1, row(Fate.PENDING)) is None


@pytest.mark.parametrize("late", UNSETTLED)
@pytest.mark.parametrize("fate", SETTLED)
async def test_a_worker_that_writes_late_undoes_nothing(make_ledger: MakeLedger, late: Fate, fate: Fate) -> None:
    first, second = await opened(make_ledger), await opened(make_ledger)
    await second.record(0, row(fate))
    await first.record(0, row(late))
    third = make_ledger()
    assert list(await third.open(0)) == []
    assert third.fate(0, row(Fate.PENDING)) is fate


async def test_a_dead_letter_that_was_replayed_is_as_good_as_new_until_it_dies_again(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    again = row(Fate.PENDING, replays=1)
    await ledger.record(0, row(Fate.DEAD))
    assert ledger.fate(0, again) is None
    await ledger.record(0, again)
    for later in (ledger, make_ledger()):
        assert list(await later.open(0)) == [again]
    await ledger.record(0, row(Fate.DEAD, replays=1))
    for later in (ledger, await opened(make_ledger)):
        assert later.fate(0, again) is Fate.DEAD
        assert later.fate(0, row(Fate.PENDING, replays=2)) is None


async def test_what_was_sent_stays_sent_however_often_it_is_replayed(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    await ledger.record(0, row(Fate.SENT))
    assert ledger.fate(0, row(Fate.PENDING, replays=5)) is Fate.SENT


async def test_a_partition_that_comes_back_brings_what_others_did_meanwhile(make_ledger: MakeLedger) -> None:
    mine = await opened(make_ledger)
    await mine.record(0, row(Fate.PENDING, 0))
    await mine.record(0, row(Fate.PENDING, 1))
    other = await opened(make_ledger)
    await other.record(0, row(Fate.SENT, 0))
    await other.record(0, row(Fate.PENDING, 2))
    assert [left.offset for left in await mine.open(0)] == [1, 2]
    assert mine.fate(0, row(Fate.PENDING, 0)) is Fate.SENT


async def test_what_is_sent_is_remembered_for_thirty_days_at_least(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    for day in range(30):
        await ledger.record(0, row(Fate.SENT, day, taken_at=NOON.replace(day=1 + day)))
    assert all(ledger.fate(0, row(Fate.PENDING, day)) is Fate.SENT for day in range(30))


async def test_a_row_of_the_largest_alert_fits(make_ledger: MakeLedger) -> None:
    ledger = await opened(make_ledger)
    large = replace(numbered(0), excerpt="x" * 900_000)
    await ledger.record(0, row(Fate.SENDING, carried=large))
    (left,) = await make_ledger().open(0)
    assert left.carried == large
