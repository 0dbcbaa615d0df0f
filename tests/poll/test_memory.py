"""The memory of feeds on its topic: damage, size, a broker that is away, and restarts of the poller."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from monitor import wire
from monitor.core.reports.sightings import MOST_REMEMBERED, sight
from monitor.errors import BrokerError, BrokerRefused
from monitor.model import Article, Entry, Feed, FeedState
from monitor.poll.fetch import Fetched, NotModified
from monitor.poll.loop import poll_feed
from monitor.poll.memory import MOST_SEEN, TopicMemory
from monitor.records import Record
from monitor.sources.feeds import ParsedFeed, parse_feed
from monitor.topics import MAX_BATCH_BYTES
from tests.poll.servers import feed, rss

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = feed("https://e.org/feed")


@dataclass
class Row:
    key: bytes | None
    value: bytes | None
    offset: int
    topic: str = "news.feeds"
    partition: int = 0
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass
class Feeds:
    """The topic in memory; first it fails as often as it is told to."""

    rows: list[Row] = field(default_factory=list)
    buried: list[tuple[int, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def put(self, key: str | None, value: bytes | None) -> None:
        self.rows.append(Row(None if key is None else key.encode(), value, len(self.rows)))

    async def read(self) -> AsyncIterator[Record]:
        for row in self.rows:
            if self.errors:
                raise self.errors.pop(0)
            yield row

    async def write(self, key: str, value: bytes) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.put(key, value)

    async def bury(self, record: Record, error: Exception) -> None:
        self.buried.append((record.offset, str(error)))

    async def opened(self) -> TopicMemory:
        memory = TopicMemory(self.read, self.write, self.bury)
        await memory.open(asyncio.Event())
        return memory


def ignored(reason: str) -> float:
    return REGISTRY.get_sample_value("newsmonitor_rows_ignored_total", {"topic": "news.feeds", "reason": reason}) or 0.0


def state(name: str, **fields: object) -> FeedState:
    return replace(FeedState(feed=name, polled_at=NOON, seen={"a": "1"}), **fields)  # type: ignore[arg-type]


async def test_a_true_null_removes_a_feed_an_empty_value_is_damage_and_nothing_at_all_is_counted() -> None:
    topic = Feeds()
    for name in ("feed-1", "feed-2"):
        topic.put(name, wire.encode(state(name)))
    topic.put("feed-1", None)
    topic.put("feed-2", b"")
    topic.put(None, None)
    damaged, empty = ignored("damaged"), ignored("empty")
    memory = await topic.opened()
    assert await memory.load("feed-1") is None
    assert await memory.load("feed-2") == state("feed-2")
    assert topic.buried == [(3, "the record is empty")]
    assert (ignored("damaged"), ignored("empty")) == (damaged + 1, empty + 1)


async def test_a_row_under_the_key_of_another_feed_is_damage() -> None:
    topic = Feeds()
    topic.put("feed-1", wire.encode(state("feed-2")))
    memory = await topic.opened()
    assert await memory.load("feed-1") is await memory.load("feed-2") is None
    assert len(topic.buried) == 1


async def test_a_poll_that_found_nothing_new_writes_nothing() -> None:
    topic = Feeds()
    memory = await topic.opened()
    await memory.save(state("f"))
    await memory.save(state("f", polled_at=NOON + timedelta(hours=1)))
    assert len(topic.rows) == 1
    await memory.save(state("f", etag="new"))
    assert len(topic.rows) == 2


async def test_what_was_not_written_is_not_remembered() -> None:
    topic = Feeds()
    memory = await topic.opened()
    topic.errors = [BrokerRefused("too large")]
    with pytest.raises(BrokerRefused):
        await memory.save(state("f"))
    assert await memory.load("f") is None


async def test_the_longest_feed_fits_a_record_and_forgets_what_left_the_document_first() -> None:
    entries = [Entry(id=str(number), title=f"Title {number}", text="x") for number in range(MOST_SEEN)]
    gone = {f"{number:016x}": f"{number:08x}" for number in range(MOST_REMEMBERED)}
    etag = '"' * 8000
    before = FeedState(feed="f" * 200, seen=gone, polled_at=NOON, etag=etag, last_modified=etag)
    found = sight(FEED, before, entries, NOON)
    topic = Feeds()
    memory = await topic.opened()
    await memory.save(replace(before, seen=found.seen))
    value = topic.rows[0].value
    assert value is not None
    assert 850_000 < len(value) < MAX_BATCH_BYTES - 10_000
    kept = wire.decode(value, FeedState)
    assert sight(FEED, kept, entries, NOON).articles == []
    assert len(kept.seen) == MOST_SEEN


async def test_what_begins_fits_beside_what_was_seen() -> None:
    entries = {f"{number:016x}": f"{number:08x}" for number in range(MOST_SEEN)}
    topic = Feeds()
    memory = await topic.opened()
    await memory.save(FeedState(feed="f", seen=dict(list(entries.items())[:10]), begun=entries))
    kept = await memory.load("f")
    assert kept is not None
    assert (len(kept.seen), len(kept.begun)) == (10, MOST_SEEN - 10)
    assert list(kept.begun)[-1] == list(entries)[-1]


async def test_it_waits_while_the_broker_is_away_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.poll.memory.FIRST_WAIT_SECONDS", 0.01)
    topic = Feeds(errors=[BrokerError("nobody answers"), BrokerError("nobody answers")])
    topic.put("f", wire.encode(state("f")))
    memory = TopicMemory(topic.read, topic.write, topic.bury)
    opening = asyncio.create_task(memory.open(asyncio.Event()))
    troubles = set[str | None]()
    while not opening.done():
        await asyncio.sleep(0)
        troubles.add(memory.trouble)
    assert troubles == {None, "cannot read what is remembered of feeds: nobody answers"}
    assert await memory.load("f") == state("f")


async def test_it_stops_waiting_when_the_poller_stops() -> None:
    topic = Feeds(errors=[BrokerError("away")] * 1000)
    topic.put("f", b"")
    stop = asyncio.Event()
    memory = TopicMemory(topic.read, topic.write, topic.bury)
    opening = asyncio.create_task(memory.open(stop))
    await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(opening, 1)


async def test_a_refusal_is_not_waited_out() -> None:
    topic = Feeds(errors=[BrokerRefused("not allowed")])
    topic.put("f", b"")
    with pytest.raises(BrokerRefused):
        await topic.opened()


class Poller:
    """Polls one feed; a new one stands for a restart."""

    def __init__(self, memory: TopicMemory) -> None:
        self._memory = memory
        self.published: list[Article] = []

    async def poll(self, *titles: str, of: Feed = FEED) -> list[tuple[str, bool]]:
        async def fetch(*_: object) -> Fetched | NotModified:
            return Fetched(body=rss(*titles).encode(), final_url=of.url, etag=str(titles), last_modified="l")

        async def parse(raw: bytes, url: str, content_type: str) -> ParsedFeed:
            return parse_feed(raw, url=url, content_type=content_type)

        async def publish(article: Article) -> None:
            self.published.append(article)

        before = len(self.published)
        known = await self._memory.load(of.id)
        after = await poll_feed(of, known, fetch=fetch, parse=parse, publish=publish, remember=self._memory.save)
        await self._memory.save(after)
        return [(article.title, article.backlog) for article in self.published[before:]]


async def test_a_restart_publishes_nothing_twice_and_takes_no_news_for_backlog() -> None:
    topic = Feeds()
    assert await Poller(await topic.opened()).poll("Old") == [("Old", True)]
    assert await Poller(await topic.opened()).poll("Old") == []
    assert await Poller(await topic.opened()).poll("Came meanwhile", "Old") == [("Came meanwhile", False)]
    assert await Poller(await topic.opened()).poll("Came meanwhile", "Old") == []
