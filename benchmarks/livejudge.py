"""What a running `stream` worker takes to match, judge and remember articles of 700 words: Kafka and Faust included."""

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.newswire import Newswire
from benchmarks.pipeline import DEADLINE_SECONDS, PARTITIONS, running, used_cpu
from monitor import cluster, kafka, topics, wire
from monitor.app import GROUPS
from monitor.kafka import Connection
from monitor.model import Article
from monitor.topics import TOPICS
from tests.integration.kafka_server import Kafka, start_kafka

WARM, ARTICLES = 300, 3_000
READ = {topic: GROUPS[topic] for topic in (topics.ARTICLES.name, topics.MATCHES.name)}
FILES = {
    "monitor.yaml": "feeds: feeds.yaml\nwatches: watches.yaml\nhttp: {port: 0}\nlog: {level: error}\n"
    "channels: [{id: desk, kind: console}]\n",
    "feeds.yaml": "feeds: []\n",
    "watches.yaml": "watches: [{id: everything, query: NOT xyzzy, allow_all: true, channels: [desk]}]\n",
}


def run() -> Mapping[str, object]:
    """Articles/s, and the worker's milliseconds of CPU for one."""
    with tempfile.TemporaryDirectory(prefix="newsmonitor-bench-") as name:
        folder = Path(name)
        for file, text in FILES.items():
            (folder / file).write_text(text)
        with start_kafka(folder / "kafka") as broker:
            return asyncio.run(_measure(folder, broker))


async def _measure(folder: Path, broker: Kafka) -> Mapping[str, object]:
    connection = Connection(bootstrap=broker.bootstrap)
    await cluster.create_topics(connection, TOPICS, PARTITIONS)
    made = [one.article for one in Newswire().stream(WARM + ARTICLES)]
    with running(folder, broker, {"stream": ["monitor", "stream"]}) as roles:
        await _through(connection, made[:WARM])
        started, before = time.monotonic(), used_cpu(roles["stream"])
        await _through(connection, made[WARM:])
        seconds, cpu = time.monotonic() - started, used_cpu(roles["stream"]) - before
    return {
        "live worker, articles/s": round(ARTICLES / seconds),
        "live worker, CPU ms an article": round(cpu / ARTICLES * 1000, 2),
    }


async def _through(connection: Connection, articles: Sequence[Article]) -> None:
    """Publish these articles and wait until they are judged. Raises TimeoutError."""
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for article in articles:
            await producer.send(topics.ARTICLES.name, wire.encode(article), article.id.encode())
        await producer.flush()
    async with asyncio.timeout(DEADLINE_SECONDS):
        while any(lag.waiting for lag in (await cluster.lags(connection, READ)).values()):  # noqa: ASYNC110 remote
            await asyncio.sleep(0.1)
