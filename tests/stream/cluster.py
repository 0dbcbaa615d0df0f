"""A real Kafka, real stream workers, and what they decided."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import orjson
from aiokafka import AIOKafkaProducer

from monitor import cluster, kafka, topics, wire
from monitor.kafka import Connection
from monitor.model import Alert, Article, Suppressed
from tests.pipeline.commands import ROOT, Running

CONFIGURATION = {
    "watches.yaml": (
        "watches:\n- {{id: convoys, query: convoy, channels: [desk]}}\n- {{id: roads, query: road, channels: [desk]}}\n"
    ),
    "monitor.yaml": (
        "watches: watches.yaml\nchannels: [{{id: desk, kind: console}}]\nhttp: {{port: 0}}\nlog: {{level: warning}}\n"
        "kafka: {{partitions: {partitions}}}\n"
    ),
}
ARTICLE = Article(
    id="a",
    revision="1",
    source="Levant Wire",
    title="Convoy leaves",
    text="",
    first_seen_at=datetime(2026, 3, 3, tzinfo=UTC),
)


class Workshop:
    """One Kafka with our topics, and a folder with a configuration."""

    def __init__(self, bootstrap: str, folder: Path, partitions: int = 4) -> None:
        self.bootstrap, self.folder = bootstrap, folder
        self.connection = Connection(bootstrap=bootstrap)
        for name, text in CONFIGURATION.items():
            (folder / name).write_text(text.format(partitions=partitions))

    @contextmanager
    def worker(self, *options: str) -> Iterator[Running]:
        """A stream worker; killed at the end of the block where it still is. For options see `quick`."""
        command = [sys.executable, "-m", "tests.stream.quick", *options, "stream", "--bootstrap", self.bootstrap]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}  # noqa: TID251 it is inherited
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=pipe, stderr=pipe, text=True)
        running = Running(process)
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            running.close()

    def publish(self, articles: Iterable[Article], pause_seconds: float = 0.0) -> None:
        """Publish articles, acked, with a pause after each fifty."""

        async def publish() -> None:
            async with kafka.started(kafka.producer(self.connection), self.connection) as producer:
                for number, article in enumerate(articles, 1):
                    await put(producer, article)
                    if number % 50 == 0:
                        await producer.flush()
                        await asyncio.sleep(pause_seconds)
                await producer.flush()

        asyncio.run(publish())

    def decided(self) -> Counter[str]:
        """How often each article was decided on, by its id."""

        async def read() -> Counter[str]:
            found = Counter[str]()
            async for record in cluster.read_all(self.connection, topics.ALERTS.name):
                found[wire.decode(record.value, Alert).judgement.article] += 1
            async for record in cluster.read_all(self.connection, topics.SUPPRESSED.name):
                found[wire.decode(record.value, Suppressed).judgement.article] += 1
            return found

        return asyncio.run(read())

    def lag(self, worker: Running) -> float:
        """Records that the worker itself says are waiting, over all its partitions; -1 before it says anything."""
        lines = served(worker, "/metrics").splitlines()
        lags = [float(line.split()[-1]) for line in lines if line.startswith("newsmonitor_consumer_lag_messages{")]
        return sum(lags) if lags else -1

    def left_behind(self) -> int:
        """Records of the stream's topics behind the commits of its group, at most in one partition."""
        readers = {topics.ARTICLES.name: topics.STREAM_APP, topics.MATCHES.name: topics.STREAM_APP}
        return max(lag.waiting for lag in asyncio.run(cluster.lags(self.connection, readers)).values())

    def letters(self) -> int:
        """How many dead letters there are."""

        async def read() -> int:
            return len([1 async for _ in cluster.read_all(self.connection, topics.DEADLETTERS.name)])

        return asyncio.run(read())

    def until_decided(self, ids: Iterable[str], *workers: Running, seconds: float = 40) -> Counter[str]:
        """What was decided, once every one of these was."""
        wanted = set(ids)

        def missing() -> set[str]:
            return wanted - self.decided().keys()

        until(
            lambda: not missing(), seconds, lambda: f"{len(missing())} not decided: {sorted(missing())[:5]}", *workers
        )
        return self.decided()


def state(worker: Running) -> str:
    """What a worker says of its progress, or of what keeps it from any."""
    parts: dict[str, str] = orjson.loads(served(worker, "/healthz"))
    return parts["stream state"] if parts["stream"] == "ok" else parts["stream"]


def served(worker: Running, path: str) -> str:
    """What a worker answers over HTTP, well or unwell."""
    port = re.search(r"/healthz are on port (\d+)", worker.text)
    assert port
    try:
        with urlopen(f"http://127.0.0.1:{port[1]}{path}", timeout=5) as answer:
            return str(answer.read(), "utf-8")
    except HTTPError as unwell:
        with unwell:
            return unwell.read().decode()


async def put(producer: AIOKafkaProducer, article: Article) -> None:
    """Send, without waiting for the ack."""
    await producer.send(topics.ARTICLES.name, wire.encode(article), article.id.encode())


def until(met: Callable[[], bool], seconds: float, why: Callable[[], str], *workers: Running) -> None:
    """Return once it is met; fail with why, and what the workers printed, where it takes too long."""
    deadline = time.monotonic() + seconds
    while not met():
        hopeless = time.monotonic() > deadline or any(worker.process.poll() is not None for worker in workers)
        assert not hopeless, "\n--\n".join([why(), *(worker.text for worker in workers)])
        time.sleep(0.3)


def at_work(worker: Running) -> bool:
    """Whether the worker says that it runs."""
    return "/healthz" in worker.text


def articles(prefix: str, count: int) -> list[Article]:
    """Reports that a watch wants and that are no copies of one another."""
    return [article(f"{prefix}-{n}") for n in range(count)]


def article(name: str, text: str = "") -> Article:
    """One report, its own words in every sentence."""
    words = " ".join(f"{name}w{n}" for n in range(40))
    return replace(ARTICLE, id=name, title=f"Convoy {name} leaves", text=text or f"The convoy {name} left. {words}")
