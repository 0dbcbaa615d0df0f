"""What both brokers promise to the rest of the program: each test runs on the embedded one and on a real Kafka."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from monitor import cluster, deadletters, kafka
from monitor.broker import EmbeddedBroker
from monitor.cluster import Lag
from monitor.errors import BrokerError, BrokerRefused
from monitor.kafka import Connection
from monitor.model import DeadLetter
from monitor.topics import MAX_BATCH_BYTES, Topic

MakeTopic = Callable[[int], Awaitable[str]]
PATIENCE_SECONDS = 30
LARGE_BYTES = 1_000_000  # of a value that a broker takes by default, with a few headers


@pytest.fixture
def make_topic(connection: Connection, embedded: EmbeddedBroker, unique: str) -> MakeTopic:
    """Makes a topic of the test's own with so many partitions."""

    async def make(partitions: int) -> str:
        if connection.embedded:
            embedded.create_topic(unique, partitions)
        else:
            await cluster.create_topics(connection, [Topic(unique, 1000_000)], partitions)
        return unique

    return make


async def all_of(connection: Connection, topic: str) -> list[ConsumerRecord]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        return [record async for record in cluster.read_all(connection, topic)]


async def read(connection: Connection, topic: str, group: str, count: int) -> list[bytes]:
    """The next records for a group, each committed as it is read."""
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        kafka.started(kafka.consumer(connection, topic, group=group), connection) as consumer,
    ):
        found = []
        for _ in range(count):
            record = await consumer.getone()
            found.append(record.value)
            await consumer.commit({record_place(record): record.offset + 1})
        return found


def record_place(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


async def test_a_record_arrives_as_it_was_sent(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(3)
    headers = [("stage", b"match"), ("empty", b""), ("stage", b"twice")]
    async with kafka.started(kafka.producer(connection), connection) as producer:
        await kafka.send(producer, topic, b"key", b"\x00\xffbytes", partition=2, headers=headers)
        await kafka.send(producer, topic, None, b"no key", partition=2)
        await kafka.send(producer, topic, b"removed", None, partition=2)
        await kafka.send(producer, topic, b"", b"", partition=2)
    found = await all_of(connection, topic)
    assert [(r.key, r.value, r.partition, r.offset) for r in found] == [
        (b"key", b"\x00\xffbytes", 2, 0),
        (None, b"no key", 2, 1),
        (b"removed", None, 2, 2),
        (b"", b"", 2, 3),
    ]
    assert list(found[0].headers) == headers
    assert not any(record.headers for record in found[1:])


async def test_many_at_once_keep_their_order_in_a_partition(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(1)
    values = [str(n).encode() * 200 for n in range(500)]
    async with kafka.started(kafka.producer(connection), connection) as producer:
        acked = await asyncio.gather(*(kafka.send(producer, topic, None, value) for value in values))
    assert [metadata.offset for metadata in acked] == list(range(500))
    assert [record.value for record in await all_of(connection, topic)] == values


async def test_a_key_has_one_partition(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(4)
    keys = [f"key-{n % 20}".encode() for n in range(60)]
    async with kafka.started(kafka.producer(connection), connection) as producer:
        places = [(key, (await kafka.send(producer, topic, key, b"x")).partition) for key in keys]
    assert len(set(places)) == 20
    assert len({partition for _, partition in places}) > 1


async def test_a_group_goes_on_where_it_committed(connection: Connection, make_topic: MakeTopic, unique: str) -> None:
    topic = await make_topic(1)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for n in range(6):
            await kafka.send(producer, topic, None, str(n).encode())
    assert await read(connection, topic, f"{unique}-a", 2) == [b"0", b"1"]
    assert await read(connection, topic, f"{unique}-a", 3) == [b"2", b"3", b"4"]
    assert await read(connection, topic, f"{unique}-b", 1) == [b"0"]


async def test_lag_says_what_a_group_has_not_read(connection: Connection, make_topic: MakeTopic, unique: str) -> None:
    topic, group = await make_topic(2), f"{unique}-group"
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for n in range(5):
            await kafka.send(producer, topic, None, str(n).encode(), partition=1)
    assert await cluster.lags(connection, {topic: group}) == {(topic, 0): Lag(0, 0, 0), (topic, 1): Lag(0, 0, 5)}
    await read(connection, topic, group, 2)
    found = await cluster.lags(connection, {topic: group})
    assert found[topic, 1] == Lag(0, 2, 5)
    assert (found[topic, 1].waiting, found[topic, 1].vanished) == (3, 0)
    assert await cluster.lags(connection, {"no-such-topic": group}) == {}


async def test_a_coordinator_that_says_nothing_of_a_group_knows_of_no_commit(
    connection: Connection, make_topic: MakeTopic, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic, group = await make_topic(1), f"{unique}-group"
    async with kafka.started(kafka.producer(connection), connection) as producer:
        await kafka.send(producer, topic, None, b"0")

    async def nothing(*_: object, **__: object) -> dict[object, object]:
        return {}

    monkeypatch.setattr(AIOKafkaAdminClient, "list_consumer_group_offsets", nothing)
    assert await cluster.lags(connection, {topic: group}) == {(topic, 0): Lag(0, 0, 1)}


async def test_the_largest_record_fits_and_a_larger_one_is_refused(
    connection: Connection, make_topic: MakeTopic
) -> None:
    topic = await make_topic(1)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        neighbours = [asyncio.create_task(kafka.send(producer, topic, None, b"neighbour")) for _ in range(3)]
        await kafka.send(producer, topic, b"k" * 1000, b"x" * LARGE_BYTES, headers=[("h", b"v" * 10_000)])
        with pytest.raises(BrokerRefused, match=f"too large for {topic}"):
            await kafka.send(producer, topic, None, b"x" * MAX_BATCH_BYTES)
        await asyncio.gather(*neighbours)
        await kafka.send(producer, topic, None, b"after")
    sizes = [len(record.value) for record in await all_of(connection, topic)]
    assert sorted(sizes) == [5, 9, 9, 9, LARGE_BYTES]


async def test_what_cannot_be_a_record_is_refused(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(2)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        with pytest.raises(BrokerRefused, match="has no partition 7"):
            await kafka.send(producer, topic, None, b"x", partition=7)
        with pytest.raises(BrokerRefused, match="neither key nor value"):
            await kafka.send(producer, topic, None, None)
        assert (await kafka.send(producer, topic, None, b"x", partition=1)).offset == 0


async def test_reading_to_the_end_stops_there(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(3)
    assert await all_of(connection, topic) == []
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for n in range(30):
            await kafka.send(producer, topic, None, str(n).encode(), partition=n % 2)
        seen = []
        async for record in cluster.read_all(connection, topic):
            seen.append(record.value)
            for partition in (0, 1):  # what is new meanwhile is neither waited for nor handed out
                await kafka.send(producer, topic, None, b"new", partition=partition)
    assert seen == [str(n).encode() for n in (*range(0, 30, 2), *range(1, 30, 2))]


async def test_one_record_is_found_by_its_place(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(2)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for n in range(5):
            await kafka.send(producer, topic, None, str(n).encode(), partition=1)
    found = await cluster.read_one(connection, topic, 1, 3)
    assert found is not None
    assert (found.offset, found.value) == (3, b"3")
    for partition, offset in ((1, 5), (0, 0), (9, 0)):
        assert await cluster.read_one(connection, topic, partition, offset) is None
    with pytest.raises(BrokerError, match="shows no topic"):
        await cluster.read_one(connection, f"{topic}-not-there", 0, 0)


async def test_missing_topics_and_other_partition_counts_are_faults(
    connection: Connection, make_topic: MakeTopic
) -> None:
    topic = Topic(await make_topic(3), 1000_000)
    missing = Topic(f"{topic.name}-missing", None)
    assert await cluster.check_topics(connection, [topic], partitions=3) == []
    absent, changed = await cluster.check_topics(connection, [missing, topic], partitions=4)
    assert absent.startswith(f"{missing.name} is missing")
    assert changed.startswith(f"{topic.name} has 3 partitions, expected 4")
    assert "kafka.partitions to 3" in changed
    (fewer,) = await cluster.check_topics(connection, [topic], partitions=2)
    assert fewer.startswith(f"{topic.name} has 3 partitions, expected 2")


async def test_a_dead_letter_keeps_the_largest_record_whole(connection: Connection, make_topic: MakeTopic) -> None:
    topic, value = await make_topic(1), b"\xff" * LARGE_BYTES
    letter = DeadLetter(
        value=value,
        key=b"key",
        stage="match",
        error="WireError: " + "e" * 3000,
        topic="news.articles",
        partition=3,
        offset=17,
        failed_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
        size_bytes=len(value),
        digest=deadletters.digest(value),
        headers=(("trace", b"\x00\x01"),),
    )
    key, body, headers = deadletters.encode(letter)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        await kafka.send(producer, topic, key, body, headers=headers)
    (record,) = await all_of(connection, topic)
    found = deadletters.decode(record)
    assert isinstance(found, DeadLetter)
    assert (found.value, found.key, found.headers, found.cut) == (value, b"key", letter.headers, ())


async def test_timestamps_survive(connection: Connection, make_topic: MakeTopic) -> None:
    topic = await make_topic(1)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        future = await producer.send(topic, b"x", timestamp_ms=1_700_000_000_123)
        await future
    assert [record.timestamp for record in await all_of(connection, topic)] == [1_700_000_000_123]
