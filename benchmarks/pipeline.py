"""2 kB articles through match, story and notify on a real Kafka, and the same pure work in plain aiokafka loops beside.

Articles are published by a producer of the benchmark's own, 1,000 watches, 30 % of the articles satisfy one; alerts go
to a notifier that writes them down. The machine's cores are shared by the broker, the roles and the producer.
"""

import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaProducer

from benchmarks import plainloop, recorder
from monitor import cluster, kafka, topics, wire
from monitor.core.reports.articles import article_id, normalised
from monitor.kafka import Connection
from monitor.model import Article
from monitor.topics import DAY, TOPICS, Topic
from tests.integration.kafka_server import Kafka, start_kafka

WATCHES, MATCHING = 1000, 0.3
ARTICLES = 10_000
TEXT_BYTES, SENTENCE_WORDS = 2000, 15
PARTITIONS = 4
PACED_PER_SECOND, PACED_SECONDS = 200, 20
WARM = 400  # articles that are through before anything is measured
UNDER_WAY = 500  # sends not yet acked
DEADLINE_SECONDS = 300.0
TICKS = os.sysconf("SC_CLK_TCK")
MAIN = """
feeds: feeds.yaml
watches: watches.yaml
http: {port: 0}
log: {level: warning}
channels:
  - {id: one, kind: console}
  - {id: two, kind: console}
  - {id: three, kind: console}
  - {id: four, kind: console}
"""
CHANNELS = ("one", "two", "three", "four")


def run() -> Mapping[str, object]:
    """Ratios to the plain loops first, then what was measured."""
    with tempfile.TemporaryDirectory(prefix="newsmonitor-bench-") as name:
        folder = Path(name)
        _configure(folder)
        with start_kafka(folder / "kafka") as broker:
            return asyncio.run(_measure(folder, broker))


async def _measure(folder: Path, broker: Kafka) -> Mapping[str, object]:
    connection = Connection(bootstrap=broker.bootstrap)
    plain = [Topic(name, DAY) for name in (plainloop.MATCHES, plainloop.ALERTS)]
    await cluster.create_topics(connection, [*TOPICS, *plain], PARTITIONS)
    (folder / "accepted.txt").touch()
    recording = [recorder.__name__, str(folder / "accepted.txt"), "notify"]
    with running(folder, broker, {"stream": ["monitor", "stream"], "notify": recording}) as roles:
        bench = Bench(connection, folder / "accepted.txt", {**roles, "broker": broker.pid})
        await bench.send(_articles("warm", WARM), None)
        flood = await bench.timed(_articles("flood", ARTICLES), None)
        paced = await bench.timed(_articles("paced", PACED_PER_SECOND * PACED_SECONDS), PACED_PER_SECOND)
    total = WARM + ARTICLES + PACED_PER_SECOND * PACED_SECONDS
    seconds, cpu = await asyncio.to_thread(_plain, folder, broker, total)
    return _figures(flood, paced, total / seconds, cpu / total * 1000)


@dataclass(frozen=True, slots=True)
class Measured:
    """One stretch of articles: seconds from the first send to the last acceptance, and what each role used."""

    articles: int
    seconds: float
    latencies: Sequence[float]
    cpu: Mapping[str, float]
    lost: int
    repeated: int


@dataclass(frozen=True, slots=True)
class Bench:
    """The running roles by process id, and the file of what was accepted."""

    connection: Connection
    accepted: Path
    roles: Mapping[str, int]

    async def timed(self, articles: Sequence["Made"], per_second: float | None) -> Measured:
        """Publish, wait until all alerts are accepted, and say how long that took. Raises TimeoutError."""
        before, producing = {role: used_cpu(pid) for role, pid in self.roles.items()}, time.process_time()
        sent = await self.send(articles, per_second)
        cpu = {role: used_cpu(pid) - before[role] for role, pid in self.roles.items()}
        cpu["producer (this program)"] = time.process_time() - producing
        taken = _accepted(self.accepted)
        wanted = {made.article.id for made in articles if made.matches}
        times = {article: at for at, article in reversed(taken) if article in wanted}
        counts = Counter(article for _, article in taken if article in wanted)
        return Measured(
            articles=len(articles),
            seconds=max(times.values()) - min(sent.values()),
            latencies=sorted(at - sent[article] for article, at in times.items()),
            cpu={role: seconds / len(articles) * 1000 for role, seconds in cpu.items()},
            lost=len(wanted - times.keys()),
            repeated=sum(count - 1 for count in counts.values()),
        )

    async def send(self, articles: Sequence["Made"], per_second: float | None) -> Mapping[str, float]:
        """Article → when it was published; returns when every alert is accepted, or none has come for long."""
        async with kafka.started(kafka.producer(self.connection), self.connection) as producer:
            sent = await _publish(producer, articles, per_second)
        wanted = {made.article.id for made in articles if made.matches}
        deadline = time.monotonic() + DEADLINE_SECONDS
        while wanted - {article for _, article in _accepted(self.accepted)}:
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        return sent


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and whether a watch wants it."""

    article: Article
    matches: bool


def _articles(name: str, count: int) -> list[Made]:
    draw = random.Random(name)
    words = ["".join(draw.choices("bdfgklmnprstvaeiou", k=draw.randrange(3, 9))) for _ in range(5000)]
    return [_article(draw, words, f"{name}-{number}") for number in range(count)]


def _article(draw: random.Random, words: Sequence[str], name: str) -> Made:
    said = draw.choices(words, k=TEXT_BYTES // 7)
    matches = draw.random() < MATCHING
    if matches:
        said[draw.randrange(len(said))] = f"watched{draw.randrange(WATCHES)}"
    sentences = [" ".join(said[at : at + SENTENCE_WORDS]).capitalize() for at in range(0, len(said), SENTENCE_WORDS)]
    at = datetime.now(UTC)  # noqa: TID251 it is measured
    article = Article(
        id=article_id("bench", name),
        revision="",
        source="Example Times",
        title=f"Report {' '.join(draw.choices(words, k=6))}",
        text=f"{'. '.join(sentences)}.",
        published_at=at,
        first_seen_at=at,
    )
    return Made(normalised(article), matches)


async def _publish(
    producer: AIOKafkaProducer, articles: Sequence[Made], per_second: float | None
) -> Mapping[str, float]:
    sent, turns, started = {}, asyncio.Semaphore(UNDER_WAY), time.monotonic()
    for number, made in enumerate(articles):
        if per_second:
            await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
        await turns.acquire()
        value = wire.encode(made.article)
        sent[made.article.id] = time.time()  # noqa: TID251 it is measured
        future = await producer.send(topics.ARTICLES.name, value, made.article.id.encode())
        future.add_done_callback(lambda _: turns.release())
    await producer.flush()
    return sent


def _accepted(path: Path) -> list[tuple[float, str]]:
    """Time and article of every alert so far, in the order of acceptance."""
    lines = path.read_text().splitlines(keepends=True)
    parts = (line.split() for line in lines if line.endswith("\n"))
    return [(float(at), article) for at, _, _, article in parts]


def _configure(folder: Path) -> None:
    watches = "".join(
        f"  - {{id: w{n}, query: 'watched{n} OR \"seen {n} times\"', channels: [{CHANNELS[n % 4]}]}}\n"
        for n in range(WATCHES)
    )
    (folder / "watches.yaml").write_text(f"watches:\n{watches}")
    (folder / "feeds.yaml").write_text("feeds: []\n")
    (folder / "monitor.yaml").write_text(MAIN)


@contextmanager
def running(folder: Path, broker: Kafka, commands: Mapping[str, Sequence[str]]) -> Iterator[Mapping[str, int]]:
    """One process a role, with the monitor.yaml of the folder; stopped in order at the end."""
    options = ["--config", str(folder / "monitor.yaml"), "--bootstrap", broker.bootstrap]
    with (folder / "roles.log").open("wb") as log:
        started = {
            role: subprocess.Popen([sys.executable, "-m", *command, *options], stdout=log, stderr=log)
            for role, command in commands.items()
        }
        try:
            yield {role: process.pid for role, process in started.items()}
        finally:
            for process in started.values():
                process.terminate()
            codes = [process.wait(60) for process in started.values()]
    if any(codes):
        raise RuntimeError(f"a role ended badly:\n{(folder / 'roles.log').read_text()[-3000:]}")


def _plain(folder: Path, broker: Kafka, count: int) -> tuple[float, float]:
    """Seconds that the plain loops take for the same articles, already in the topic; and of CPU."""
    command = [sys.executable, "-m", plainloop.__name__, broker.bootstrap, str(folder / "watches.yaml"), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE_SECONDS)
    seconds, _, cpu = map(float, done.stdout.split())
    return seconds, cpu


def used_cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _figures(flood: Measured, paced: Measured, plain_rate: float, plain_cpu: float) -> Mapping[str, object]:
    rate = flood.articles / flood.seconds
    per_cent = statistics.quantiles(paced.latencies, n=100)
    return {
        "share of the plain loops' rate": round(rate / plain_rate, 2),
        "CPU of stream and notify, times the plain loops'": round(
            (flood.cpu["stream"] + flood.cpu["notify"]) / plain_cpu, 1
        ),
        "articles/s through match, story and notify": round(rate),
        "articles/s of plain aiokafka loops, nothing delivered or remembered": round(plain_rate),
        "latency at 200/s, publish to accepted, ms p50": round(per_cent[49] * 1000),
        "latency at 200/s, publish to accepted, ms p99": round(per_cent[98] * 1000),
        **{f"CPU s per 1,000 articles, {role}": round(seconds, 2) for role, seconds in flood.cpu.items()},
        "CPU s per 1,000 articles, plain loops": round(plain_cpu, 2),
        "lost": flood.lost + paced.lost,
        "repeated": flood.repeated + paced.repeated,
    }
