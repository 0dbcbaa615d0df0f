"""The embedded broker itself: its topics, its limits, and what it says where it cannot work."""

import socket
from types import SimpleNamespace

import pytest
from aiokafka import TopicPartition

from monitor import broker, cluster, kafka, topics
from monitor.broker import PARTITION_BATCHES, PARTITION_BYTES, EmbeddedBroker, refuse_overrun
from monitor.errors import BrokerRefused
from monitor.kafka import Connection


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


async def test_more_than_a_partition_keeps_vanishes_and_is_seen() -> None:
    """The limit that refuse_overrun guards is the broker's own: up to it nothing vanishes, beyond it the oldest do."""
    with EmbeddedBroker() as embedded:
        connection = Connection(bootstrap=embedded.bootstrap, embedded=True)
        readers = {"news.articles": "some-group"}
        body, sent = b"x" * 250_000, 0
        async with kafka.started(kafka.producer(connection), connection) as producer:
            while True:
                try:
                    refuse_overrun("news.articles", sent * (len(body) + 200), len(body) + 200, sent)
                except BrokerRefused:
                    break
                await kafka.send(producer, "news.articles", None, body, partition=0)
                sent += 1
            assert sent == 20
            assert (await cluster.lags(connection, readers))["news.articles", 0].start == 0
            async with kafka.started(kafka.consumer(connection, group="some-group"), connection) as consumer:
                consumer.assign([TopicPartition("news.articles", 0)])
                await consumer.commit({TopicPartition("news.articles", 0): 1})
            for _ in range(3):
                await kafka.send(producer, "news.articles", None, body, partition=0)
        lag = (await cluster.lags(connection, readers))["news.articles", 0]
        assert (lag.vanished, lag.end) == (lag.start - 1, 23)
        assert lag.vanished > 0


@pytest.mark.parametrize(
    ("waiting", "size", "records"),
    [(PARTITION_BYTES, 1, 3), (0, PARTITION_BYTES + 1, 0), (100, 100, PARTITION_BATCHES)],
)
def test_an_overrun_is_refused_with_a_way_out(waiting: int, size: int, records: int) -> None:
    with pytest.raises(BrokerRefused, match=r"keeps 5 MiB of a partition, and news\.watches .* real Kafka"):
        refuse_overrun("news.watches", waiting, size, records)
    refuse_overrun("news.watches", 0, 1, 0)


def test_a_build_without_the_mock_cluster_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "cimpl", SimpleNamespace(__file__=None))
    with pytest.raises(BrokerRefused, match="hides rd_kafka_conf_new"):
        EmbeddedBroker()
