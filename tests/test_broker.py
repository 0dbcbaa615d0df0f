"""The embedded broker itself: its topics, its limits, and what it says where it cannot work."""

import asyncio
import socket
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from monitor import broker, cluster, kafka, topics
from monitor.broker import PACE_BYTES, PARTITION_BYTES, EmbeddedBroker
from monitor.errors import BrokerRefused
from monitor.kafka import Connection
from monitor.outbox import Outbox
from monitor.progress import Progress
from monitor.stream.guard import Output


async def test_it_has_every_topic_with_its_partitions() -> None:
    with EmbeddedBroker(partitions=3) as embedded:
        connection = Connection(bootstrap=embedded.bootstrap, embedded=True)
        assert embedded.bootstrap.startswith("127.0.0.1:")
        assert await cluster.check_topics(connection, topics.TOPICS, partitions=3) == []
        async with kafka.started(kafka.producer(connection), connection) as producer:
            assert await producer.partitions_for("news.watches") == {0}
            assert await producer.partitions_for("news.matches") == {0, 1, 2}


async def test_it_ends_with_its_context_and_two_do_not_share() -> None:
    with EmbeddedBroker() as first, EmbeddedBroker() as second:
        one, other = (Connection(bootstrap=each.bootstrap, embedded=True) for each in (first, second))
        async with kafka.started(kafka.producer(one), one) as producer:
            await kafka.send(producer, "news.alerts", b"k", b"v")
        assert [record.value async for record in cluster.read_all(one, "news.alerts")] == [b"v"]
        assert [record.value async for record in cluster.read_all(other, "news.alerts")] == []
    for embedded in (first, second):
        host, port = embedded.bootstrap.split(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=1)


def test_a_topic_that_cannot_be_made_is_refused() -> None:
    with EmbeddedBroker() as embedded, pytest.raises(BrokerRefused, match=r"no topic news\.alerts with 2 partitions"):
        embedded.create_topic("news.alerts", 2)


async def test_more_than_a_partition_keeps_vanishes() -> None:
    """The limit that senders pace themselves by is the broker's own: beyond it the oldest records go."""
    with EmbeddedBroker() as embedded:
        connection = Connection(bootstrap=embedded.bootstrap, embedded=True)
        body = b"x" * 250_000
        async with kafka.started(kafka.producer(connection), connection) as producer:
            for _ in range(PARTITION_BYTES // (len(body) + 200)):
                await kafka.send(producer, "news.articles", None, body, partition=0)
            assert await first_offset(connection) == 0
            for _ in range(3):
                await kafka.send(producer, "news.articles", None, body, partition=0)
        assert await first_offset(connection) > 0


async def first_offset(connection: Connection) -> int:
    return (await cluster.lags(connection, {"news.articles": "some-group"}))["news.articles", 0].start


async def test_an_outbox_waits_for_readers_rather_than_push_out_what_they_have_not_read() -> None:
    with EmbeddedBroker() as embedded:
        connection = Connection(bootstrap=embedded.bootstrap, embedded=True)
        consumer = kafka.consumer(connection)
        async with (
            kafka.started(kafka.producer(connection), connection) as producer,
            kafka.started(consumer, connection),
        ):
            progress = Progress(["news.articles"])
            outbox = Outbox(producer, progress, PACE_BYTES)
            consumer.assign([TopicPartition("news.articles", 0)])
            sending = asyncio.create_task(send_all(outbox, 40))
            offsets: list[int] = []
            async with asyncio.timeout(60):
                while len(offsets) < 40:
                    await asyncio.sleep(0.01)  # slower than the sender
                    record = await consumer.getone()
                    offsets.append(record.offset)
                    progress.handled(record.topic, record.partition, record.offset)
            await sending
    assert offsets == list(range(40))


async def send_all(outbox: Outbox, count: int) -> None:
    for _ in range(count):
        await outbox.send(Output(topics.ARTICLES, "key", b"x" * 250_000, 0))


def test_a_build_without_the_mock_cluster_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "cimpl", SimpleNamespace(__file__=None))
    with pytest.raises(BrokerRefused, match="hides rd_kafka_conf_new"):
        EmbeddedBroker()
