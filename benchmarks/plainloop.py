"""The same pure work in plain aiokafka loops: `plainloop.py BOOTSTRAP WATCHES COUNT`, until COUNT articles are through.

::

    news.articles | match | plain.matches | judge | plain.alerts

In batches, each output acked before its batch is committed, as a careful person would write it in an afternoon. There
is no table, so its memory ends with the process; no dead letters; no ledger and nobody to deliver to. What `monitor`
costs above this is what it costs to lose nothing.
"""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from monitor import kafka, topics, wire
from monitor.core.matching.matches import match, split
from monitor.core.matching.watches import WatchSet
from monitor.core.stories.stories import StoryIndex
from monitor.kafka import Connection
from monitor.model import Article, Match
from monitor.settings import load_watch_file
from monitor.watchset import load_watch_set

MATCHES, ALERTS = "plain.matches", "plain.alerts"
AT_ONCE = 200
IDLE_SECONDS = 2.0

Output = tuple[str, bytes, int]
Decide = Callable[[ConsumerRecord], Iterable[Output]]


async def plain(bootstrap: str, watches: WatchSet, count: int) -> tuple[float, int]:
    """Seconds from the first article to the last alert, and how many alerts there were."""
    connection = Connection(bootstrap=bootstrap)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        partitions = len(await producer.partitions_for(MATCHES))
        progress = _Progress(count)
        stages = [
            _loop(connection, topics.ARTICLES.name, producer, _matching(watches, partitions), progress),
            _loop(connection, MATCHES, producer, _judging(partitions), progress),
        ]
        tasks = [asyncio.create_task(stage) for stage in stages]
        await progress.over.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return progress.last - progress.first, progress.sent[ALERTS]


class _Progress:
    def __init__(self, count: int) -> None:
        self.first = self.last = 0.0
        self.sent: dict[str, int] = defaultdict(int)
        self.read: dict[str, int] = defaultdict(int)
        self.count, self.over = count, asyncio.Event()

    def note(self, topic: str, records: int, outputs: list[Output]) -> None:
        self.last = time.perf_counter()
        self.read[topic] += records
        for name, _, _ in outputs:
            self.sent[name] += 1
        if self.read[topics.ARTICLES.name] == self.count and self.read[MATCHES] == self.sent[MATCHES]:
            self.over.set()


async def _loop(
    connection: Connection, topic: str, producer: AIOKafkaProducer, decide: Decide, progress: _Progress
) -> None:
    consumer: AIOKafkaConsumer = kafka.consumer(connection, topic, group="plain")
    async with kafka.started(consumer, connection):
        while True:
            batches = await consumer.getmany(timeout_ms=200, max_records=AT_ONCE)
            records = [record for batch in batches.values() for record in batch]
            if not records:
                continue
            progress.first = progress.first or time.perf_counter()
            outputs = [output for record in records for output in decide(record)]
            sends = [await producer.send(name, value, partition=number) for name, value, number in outputs]
            await asyncio.gather(*sends)
            await consumer.commit()
            progress.note(topic, len(records), outputs)


def _matching(watches: WatchSet, partitions: int) -> Decide:
    def decide(record: Any) -> Iterable[Output]:
        article = wire.decode(record.value, Article)
        parts = split(article, match(article, watches), partitions, topics.partition_of)
        return [(MATCHES, wire.encode(part), number) for number, part in parts.items()]

    return decide


def _judging(partitions: int) -> Decide:
    indexes: dict[int, StoryIndex] = defaultdict(StoryIndex)

    def decide(record: Any) -> Iterable[Output]:
        index = indexes[record.partition]
        outcome = index.judge(wire.decode(record.value, Match))
        index.apply(outcome)
        return [(ALERTS, wire.encode(a), topics.partition_of(a.channel, partitions)) for a in outcome.alerts]

    return decide


if __name__ == "__main__":
    where, watch_file, articles = sys.argv[1:]
    compiled, before = load_watch_set(load_watch_file(Path(watch_file))), time.process_time()
    seconds, alerts = asyncio.run(plain(where, compiled, int(articles)))
    print(seconds, alerts, time.process_time() - before)
