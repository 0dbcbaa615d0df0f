"""Reading along: what comes to topics from now on, without a group and without leaving a trace."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from monitor import kafka
from monitor.kafka import Connection
from monitor.topics import Topic

POLL_MS = 100


class Tail:
    """A reader of topics from the moment it was opened."""

    def __init__(
        self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition], each: Callable[[Any], None]
    ) -> None:
        self._consumer, self._partitions, self._each = consumer, partitions, each

    async def run(self) -> None:
        """Hand each record to `each` as it comes, for ever."""
        while True:
            for records in (await self._consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    self._each(record)

    async def caught_up(self) -> None:
        """Return once all that is in the topics by now was handed out."""
        ends = await self._consumer.end_offsets(self._partitions)
        for partition, end in ends.items():
            while await self._consumer.position(partition) < end:  # noqa: ASYNC110 `run` moves it
                await asyncio.sleep(POLL_MS / 1000)


@asynccontextmanager
async def tail(
    connection: Connection, topics: Iterable[Topic], partitions: int, each: Callable[[Any], None]
) -> AsyncIterator[Tail]:
    """A tail at work until the block ends. Raises BrokerError."""
    consumer = kafka.consumer(connection)
    async with kafka.started(consumer, connection):
        assigned = [TopicPartition(t.name, n) for t in topics for n in range(t.partitions(partitions))]
        consumer.assign(assigned)
        await consumer.seek_to_end(*assigned)
        for partition in assigned:
            await consumer.position(partition)  # else the end is looked up only at the first fetch
        reader = Tail(consumer, assigned, each)
        task = asyncio.create_task(reader.run())
        try:
            yield reader
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
