"""One suite for every memory of feeds: what a poller relies on, in memory and on both brokers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor import cluster, kafka
from monitor.model import FeedState
from monitor.poll.loop import FeedMemory, ProcessMemory
from monitor.poll.memory import TopicMemory
from monitor.records import Record
from monitor.topics import Topic, partition_of
from tests.contracts.brokers import connection_with

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
STATE = FeedState(feed="f", etag='"1"', last_modified="Tue", body_hash="h", seen={"b": "1", "a": "2"}, polled_at=NOON)

MakeMemory = Callable[[], Awaitable[FeedMemory]]  # what a poller has that starts now


@pytest.fixture(params=["process", "embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
async def make_memory(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[MakeMemory]:
    if request.param == "process":
        memory = ProcessMemory()

        async def same() -> FeedMemory:
            return memory

        yield same
        return
    connection = await connection_with(request, Topic(unique, None, compact=True), 2)
    async with kafka.started(kafka.producer(connection), connection) as producer:

        async def write(feed: str, row: bytes) -> None:
            await kafka.send(producer, unique, feed.encode(), row, partition=partition_of(feed, 2))

        async def opened() -> FeedMemory:
            found = TopicMemory(lambda: cluster.read_all(connection, unique), write, no_damage)
            await found.open(asyncio.Event())
            return found

        yield opened


async def no_damage(record: Record, error: Exception) -> None:
    raise AssertionError(f"{error} at {record.offset}")


async def test_a_feed_that_nobody_polled_is_unknown(make_memory: MakeMemory) -> None:
    assert await (await make_memory()).load("f") is None


async def test_what_is_remembered_comes_back_whole_and_in_order(make_memory: MakeMemory) -> None:
    memory = await make_memory()
    await memory.save(STATE)
    for later in (memory, await make_memory()):
        found = await later.load("f")
        assert found == STATE
        assert list(found.seen) == ["b", "a"]


async def test_the_newest_counts_and_feeds_are_strangers(make_memory: MakeMemory) -> None:
    memory = await make_memory()
    for number in range(5):
        for feed in ("f", "g", "ü"):
            await memory.save(replace(STATE, feed=feed, etag=f"{feed}{number}"))
    later = await make_memory()
    assert [(await later.load(feed) or STATE).etag for feed in ("f", "g", "ü")] == ["f4", "g4", "ü4"]
    assert await later.load("h") is None


async def test_one_more_poll_is_known_at_once(make_memory: MakeMemory) -> None:
    memory = await make_memory()
    await memory.save(STATE)
    await memory.save(replace(STATE, polled_at=NOON + timedelta(hours=1)))
    assert (await memory.load("f") or STATE).polled_at == NOON + timedelta(hours=1)
    after_restart = await (await make_memory()).load("f")
    assert after_restart is not None
    assert after_restart.polled_at is not None, "else its entries would be backlog"
    assert after_restart.seen == STATE.seen
