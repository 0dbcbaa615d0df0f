"""A stream worker that was killed comes back to 100,000 articles in its tables: how long until it is at work?

The changelogs of a real Kafka get the rows of made-up reports of some 700 words, each judged for two watches, spread
over four partitions. A worker then starts with its rows in memory, with an empty folder of RocksDB, and with the folder
that one left which was killed. Seconds count from the moment at which it is given its partitions.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from benchmarks.newswire import Newswire
from monitor import cluster, kafka, topics, wire
from monitor.core.stories.sketches import read
from monitor.kafka import Connection
from monitor.model import Article, Decision, Judgement, WatchSettings
from monitor.topics import CHANGELOGS, Topic
from tests.integration.kafka_server import start_kafka

ARTICLES, PARTITIONS = 100_000, 4
WATCHES = ("one", "two")
WINDOW = timedelta(days=14)
DEADLINE_SECONDS = 300.0
TICKS = os.sysconf("SC_CLK_TCK")
PROJECT = {
    "watches.yaml": "".join(
        ["watches:\n", *(f"- {{{{id: {name}, query: 'the OR of', channels: [desk]}}}}\n" for name in WATCHES)]
    ),
    "monitor.yaml": "watches: watches.yaml\nchannels: [{{id: desk, kind: console}}]\nhttp: {{port: 0}}\n"
    "stream: {{store: {store}, folder: rows}}\n",
}


def run(count: int = ARTICLES) -> Mapping[str, object]:
    """For each way to start: seconds to ready and to the first decision, seconds of CPU, MB of memory."""
    with tempfile.TemporaryDirectory(prefix="newsmonitor-bench-") as name:
        folder = Path(name)
        with start_kafka(folder / "kafka") as broker:
            connection = Connection(bootstrap=broker.bootstrap)
            size = asyncio.run(_fill(connection, count))
            figures: dict[str, object] = {"articles": count, "MB in the changelogs": size // 1_000_000}
            for number, (label, store) in enumerate(
                [("memory", "memory"), ("RocksDB, no folder", "rocksdb"), ("RocksDB, its folder", "rocksdb")]
            ):
                figures |= {f"{label}: {what}": figure for what, figure in _start(folder, connection, store, number)}
            return figures


async def _fill(connection: Connection, articles: int) -> int:
    """Write the rows; return how many bytes they are."""
    await cluster.create_topics(connection, partitions=PARTITIONS)
    size = 0
    async with kafka.started(kafka.producer(connection), connection) as producer:
        for partition, topic, key, row in _rows(articles):
            size += len(row)
            await producer.send(topic.name, row, f"{partition}|{key}".encode(), partition)
        await producer.flush()
    return size


def _rows(articles: int) -> Iterator[tuple[int, Topic, str, bytes]]:
    judgements, sketches = CHANGELOGS
    for number, made in enumerate(Newswire().stream(articles)):
        article, partition = made.article, number % PARTITIONS
        sketch = read(article, article.first_seen_at, number // PARTITIONS).whole
        yield partition, sketches, sketch.key, wire.encode(sketch)
        for watch in WATCHES:
            row = _judgement(article, watch)
            yield partition, judgements, row.key, wire.encode(row)


def _judgement(article: Article, watch: str) -> Judgement:
    return Judgement(
        watch=watch,
        article=article.id,
        revision=article.revision,
        decision=Decision.NEW,
        told=True,
        story=article.id,
        reason="nothing like it before",
        source=article.source,
        title=article.title,
        url=article.url,
        event_at=article.first_seen_at,
        settings=WatchSettings(),
        expires_at=article.first_seen_at + WINDOW,
    )


def _start(folder: Path, connection: Connection, store: str, number: int) -> Iterator[tuple[str, object]]:
    for name, text in PROJECT.items():
        (folder / name).write_text(text.format(store=store))
    with _worker(folder, connection) as worker:
        assert worker.stderr
        lines, ready = iter(worker.stderr.readline, b""), 0.0
        seconds = 0.0
        for line in lines:
            if found := re.search(rb"tables recovered.*seconds=([\d.]+)", line):
                ready, seconds = time.monotonic(), float(found[1])
                break
        else:
            raise RuntimeError("the worker ended before it had recovered")
        used, memory = _used(worker.pid)
        asyncio.run(_publish(connection, number))
        next(line for line in lines if b"article=first" in line)
        yield "s from assignment to ready", round(seconds, 1)
        yield "s from ready to the first decision", round(time.monotonic() - ready, 2)
        yield "s of CPU, the start of the program included", round(used, 1)
        yield "MB of memory at most", memory
        worker.kill()


async def _publish(connection: Connection, number: int) -> None:
    article = Newswire().made(number).article
    new = Newswire.renamed(article, number, timedelta(days=7))
    async with kafka.started(kafka.producer(connection), connection) as producer:
        value = wire.encode(replace(new, id=f"first{number}"))
        await kafka.send(producer, topics.ARTICLES.name, b"first", value)


@contextmanager
def _worker(folder: Path, connection: Connection) -> Iterator["subprocess.Popen[bytes]"]:
    options = ["--config", str(folder / "monitor.yaml"), "--bootstrap", connection.bootstrap]
    command = [sys.executable, "-m", "monitor", "stream", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def _used(pid: int) -> tuple[float, int]:
    """Seconds of CPU and the most MB of memory that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return (int(fields[11]) + int(fields[12])) / TICKS, int(found[1]) // 1000 if found else 0
