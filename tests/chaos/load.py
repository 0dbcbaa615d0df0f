"""What is published while processes die: through feeds, by a producer, in transactions of which some are aborted."""

import asyncio
import dataclasses
import random
from dataclasses import dataclass, field
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka import errors as kafka_errors

from monitor import clock, kafka, topics, wire
from monitor.core.reports.articles import article_id, normalised
from monitor.errors import BrokerError
from monitor.kafka import Connection
from monitor.model import Article
from tests.chaos.material import Newsroom, Report
from tests.chaos.servers import World

TRANSACTION = 6  # reports in one
ABORTED = 0.3
TRANSACTION_SECONDS = 40.0


@dataclass
class Load:
    """Publishes about `rate` reports a second until it is told to stop."""

    world: World
    connection: Connection
    rng: random.Random
    rate: float
    acked: set[str] = field(default_factory=set)
    aborted: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)  # nobody can say whether these are there
    published: int = 0
    stopping: bool = False

    def __post_init__(self) -> None:
        self._newsroom = Newsroom(self.rng, len(self.world.feeds) + 2)
        self._direct: asyncio.Queue[Report | None] = asyncio.Queue()
        self._bundled: asyncio.Queue[Report | None] = asyncio.Queue()

    def open_feeds(self) -> None:
        """What stands in the feeds before anybody reads them."""
        for _ in range(12 * len(self.world.feeds)):
            report = self._newsroom.next()
            self.world.feeds[report.outlet % len(self.world.feeds)].publish(report)

    async def run(self) -> None:
        """Publish until stopped; returns once all that was begun is acked or given up."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send_directly())
            group.create_task(self._send_bundled())
            while not self.stopping:
                await asyncio.sleep(self.rng.expovariate(self.rate))
                self._publish(self._newsroom.next())
            self._direct.put_nowait(None)
            self._bundled.put_nowait(None)

    def _publish(self, report: Report) -> None:
        self.published += 1
        feeds = self.world.feeds
        if report.outlet < len(feeds):
            feeds[report.outlet].publish(report)
        else:
            (self._direct if report.outlet == len(feeds) else self._bundled).put_nowait(report)

    async def _send_directly(self) -> None:
        async with kafka.started(kafka.producer(self.connection), self.connection) as producer:
            while (report := await self._direct.get()) is not None:
                article = as_article(report)
                name, value = article.id.encode(), wire.encode(article)
                send = partial(kafka.send, producer, topics.ARTICLES.name, name, value)
                await kafka.retrying(send, longest_wait_seconds=1)
                self.acked.add(report.token)

    async def _send_bundled(self) -> None:
        while True:
            bundle = await self._bundle()
            if not bundle:
                return
            await self._transaction(bundle, abort=self.rng.random() < ABORTED)

    async def _bundle(self) -> list[Report]:
        bundle: list[Report] = []
        while len(bundle) < TRANSACTION:
            report = await self._bundled.get()
            if report is None:
                self._bundled.put_nowait(None)
                break
            bundle.append(report)
        return bundle

    async def _transaction(self, bundle: list[Report], *, abort: bool) -> None:
        tokens = {report.token for report in bundle}
        try:
            async with asyncio.timeout(TRANSACTION_SECONDS):
                await self._write(bundle, abort=abort)
        except (kafka_errors.KafkaError, BrokerError, OSError, TimeoutError):
            self.unknown |= tokens
        else:
            (self.aborted if abort else self.acked).update(tokens)

    async def _write(self, bundle: list[Report], *, abort: bool) -> None:
        producer = kafka.producer(self.connection, transactional_id="chaos-bundles")
        async with kafka.started(producer, self.connection):
            await producer.begin_transaction()
            for report in bundle:
                await self._add(producer, as_article(report))
                await asyncio.sleep(self.rng.uniform(0, 0.1))
            await (producer.abort_transaction() if abort else producer.commit_transaction())

    async def _add(self, producer: AIOKafkaProducer, article: Article) -> None:
        await producer.send_and_wait(topics.ARTICLES.name, wire.encode(article), article.id.encode())


def as_article(report: Report) -> Article:
    """The report as an article of an outlet that has no feed."""
    at = clock.now()
    article = Article(
        id=article_id(f"outlet-{report.outlet}", str(report.number)),
        revision="",
        source=f"Outlet {report.outlet}",
        title=report.title,
        text=report.body,
        published_at=at,
        first_seen_at=at,
    )
    return dataclasses.replace(normalised(article), edited=report.kind == "edit")
