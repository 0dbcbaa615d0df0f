"""What the watch asks of a real Kafka."""

import asyncio

import pytest

from monitor import kafka, watchdog
from monitor.cluster import create_topics
from monitor.kafka import Connection
from monitor.topics import Topic
from monitor.watchdog import probing


@pytest.mark.kafka
async def test_the_broker_says_who_owns_and_where_records_end(kafka_bootstrap: str, unique: str) -> None:
    connection = Connection(bootstrap=kafka_bootstrap)
    await create_topics(connection, [Topic(unique, None)], partitions=1)
    async with probing(connection) as probe:
        async with asyncio.timeout(20):
            while not await probe.nobody_owns(unique):  # noqa: ASYNC110 it is remote, and a fresh broker has no group yet
                await asyncio.sleep(0.2)
        async with (
            kafka.started(kafka.producer(connection, transactional_id=unique), connection) as producer,
            kafka.started(kafka.consumer(connection, unique, group=unique), connection) as consumer,
        ):
            while not consumer.assignment():  # noqa: ASYNC110 it is remote
                await asyncio.sleep(0.05)
            assert not await probe.nobody_owns(unique)
            async with producer.transaction():
                await producer.send_and_wait(unique, b"committed")
            await producer.begin_transaction()
            await producer.send_and_wait(unique, b"open")
            assert await probe.spans([(unique, 0)]) == {(unique, 0): (0, 2)}, "an open transaction's are not to be read"
            await producer.abort_transaction()
            async with asyncio.timeout(10):
                while watchdog.position_of(consumer, next(iter(consumer.assignment()))) != 4:
                    await consumer.getmany(timeout_ms=100)
            assert await probe.spans([(unique, 0)]) == {(unique, 0): (0, 4)}
