"""The worker on a broker: the embedded one, with the consumer that production has."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from monitor import kafka, wire
from monitor.broker import EmbeddedBroker
from monitor.kafka import Connection
from monitor.notify.worker import NotifyWorker, Options, Rebalances
from tests.notify.alerts import numbered
from tests.notify.recording import Grave, RecordingNotifier

TOPIC = "news.alerts"


@pytest.fixture
def connection() -> Iterator[Connection]:
    with EmbeddedBroker(partitions=2) as broker:
        yield Connection(bootstrap=broker.bootstrap, embedded=True)


async def send(connection: Connection, *values: bytes | None) -> None:
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for number, value in enumerate(values):
            await kafka.send(producer, TOPIC, b"desk", value, partition=number % 2)


@asynccontextmanager
async def working(
    connection: Connection, desk: RecordingNotifier, grave: Grave, most_waiting: int = 1000
) -> AsyncIterator[tuple[NotifyWorker, AIOKafkaConsumer]]:
    consumer = kafka.consumer(connection, group="notify")
    options = Options(random=lambda: 0.01, most_waiting=most_waiting)
    worker = NotifyWorker(consumer, {"desk": desk}, grave, lambda *_: None, options)
    consumer.subscribe([TOPIC], listener=Rebalances(worker))
    stop = asyncio.Event()
    async with kafka.started(consumer, connection):
        running = asyncio.create_task(worker.run(stop))
        try:
            yield worker, consumer
        finally:
            stop.set()
            await running


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 nobody tells when a consumer has paused or a broker has answered
            await asyncio.sleep(0.02)


async def committed(connection: Connection) -> list[int | None]:
    async with kafka.started(kafka.consumer(connection, group="notify"), connection) as consumer:
        return [await consumer.committed(TopicPartition(TOPIC, number)) for number in range(2)]


async def test_alerts_go_from_the_broker_to_the_channel_once_also_over_a_restart(connection: Connection) -> None:
    desk, grave = RecordingNotifier(), Grave([])
    await send(connection, *(wire.encode(numbered(number)) for number in range(10)), b"garbage", b"")
    async with working(connection, desk, grave) as (worker, _):
        await until(lambda: len(desk.accepted) == 10 and len(grave.letters) == 2 and worker.waiting == 0)
    assert await committed(connection) == [6, 6]
    await send(connection, wire.encode(numbered(10)))
    async with working(connection, desk, grave):
        await until(lambda: "alert-10" in desk.ids)
    assert sorted(desk.ids) == sorted(f"alert-{number}" for number in range(11))
    assert len(grave.letters) == 2


async def test_a_full_lane_pauses_and_resumes_the_real_consumer(connection: Connection) -> None:
    desk, grave = RecordingNotifier(), Grave([])
    desk.gate.clear()
    await send(connection, *(wire.encode(numbered(number)) for number in range(20)))
    async with working(connection, desk, grave, most_waiting=2) as (_, consumer):
        await until(lambda: len(consumer.paused()) == 2)
        desk.gate.set()
        await until(lambda: len(desk.accepted) == 20 and not consumer.paused())
    assert await committed(connection) == [10, 10]
