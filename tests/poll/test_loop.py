import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest
from structlog.testing import capture_logs

from monitor.errors import BrokerError, BrokerRefused, FeedError, FetchError
from monitor.model import Article, Feed, FeedState
from monitor.poll.fetch import Fetched, Fetcher, NotModified
from monitor.poll.loop import ProcessMemory, poll_feed, run_poll
from monitor.settings import PollSettings
from monitor.sources.feeds import ParsedFeed, parse_feed
from tests.poll.servers import SETTINGS, Answer, Server, dripping, feed, one_after_another, plain, rss, serving

FEED = feed("https://e.org/feed")


async def parse(raw: bytes, url: str, content_type: str) -> ParsedFeed:
    return parse_feed(raw, url=url, content_type=content_type)


async def parse_nothing(*_: object) -> ParsedFeed:
    raise AssertionError("there is nothing to parse")


class Broker:
    """Takes articles, unless told to fail at one."""

    def __init__(self) -> None:
        self.taken: list[Article] = []
        self.fails: dict[str, Exception] = {}
        self.came = asyncio.Event()
        self.remembered: list[tuple[FeedState, list[str]]] = []  # each with the titles that were taken by then

    async def remember(self, state: FeedState) -> None:
        self.remembered.append((state, self.titles))

    async def publish(self, article: Article) -> None:
        await asyncio.sleep(0)
        if error := self.fails.get(article.title):
            raise error
        self.taken.append(article)
        self.came.set()

    @property
    def titles(self) -> list[str]:
        return [article.title for article in self.taken]


@pytest.fixture
def broker() -> Broker:
    return Broker()


def answering(answer: Fetched | NotModified | Exception) -> Callable[..., Awaitable[Fetched | NotModified]]:
    async def fetch(*_: object) -> Fetched | NotModified:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return fetch


def document(*titles: str, text: str = "x", etag: str = "e") -> Fetched:
    return Fetched(body=rss(*titles, text=text).encode(), final_url=FEED.url, etag=etag, last_modified="l")


async def poll(
    broker: Broker, answer: Fetched | NotModified | Exception, state: FeedState | None = None, of: Feed = FEED
) -> FeedState:
    return await poll_feed(
        of, state, fetch=answering(answer), parse=parse, publish=broker.publish, remember=broker.remember
    )


class TestOnePoll:
    async def test_first_sight_is_backlog_and_what_follows_is_news(self, broker: Broker) -> None:
        state = await poll(broker, document("Old"))
        await poll(broker, document("New", "Old"), state)
        assert [(a.title, a.backlog, a.feed, a.source) for a in broker.taken] == [
            ("Old", True, "f", "S"),
            ("New", False, "f", "S"),
        ]

    async def test_a_feed_may_say_that_what_it_holds_is_news(self, broker: Broker) -> None:
        await poll(broker, document("Old"), of=replace(FEED, backlog=True))
        assert [a.backlog for a in broker.taken] == [False]

    async def test_an_edit_is_a_revision_of_the_same_article(self, broker: Broker) -> None:
        state = await poll(broker, document("One", text="before"))
        state = await poll(broker, document("One", text="after"), state)
        await poll(broker, document("One", text="after", etag="x"), state)
        before, after = broker.taken
        assert (before.id, before.edited, after.edited) == (after.id, False, True)
        assert before.revision != after.revision

    async def test_what_begins_is_remembered_before_it_is_published(self, broker: Broker) -> None:
        broker.fails["A"] = BrokerError("away")
        with pytest.raises(BrokerError):
            await poll(broker, document("B", "A", text="before"))
        ((begun, taken),) = broker.remembered
        assert (len(begun.begun), begun.seen, begun.polled_at, begun.etag, taken) == (2, {}, None, None, [])
        broker.fails.clear()
        state = await poll(broker, document("A", text="after"), begun)
        assert [(a.title, a.edited, a.backlog) for a in broker.taken][-1:] == [("A", True, True)]
        assert state.begun == {}

    async def test_an_edit_alone_begins_nothing(self, broker: Broker) -> None:
        state = await poll(broker, document("One", text="before"))
        await poll(broker, document("One", text="after"), state)
        assert len(broker.remembered) == 1

    async def test_a_document_seen_before_is_not_parsed_and_its_new_validators_are_kept(self, broker: Broker) -> None:
        state = await poll(broker, document("One"))
        answer = document("One", etag="other")
        fetch = answering(answer)
        after = await poll_feed(
            FEED, state, fetch=fetch, parse=parse_nothing, publish=broker.publish, remember=broker.remember
        )
        assert (after.etag, after.seen, broker.titles) == ("other", state.seen, ["One"])

    async def test_not_modified_keeps_all(self, broker: Broker) -> None:
        state = await poll(broker, document("One"))
        after = await poll(broker, NotModified(), state)
        assert replace(after, polled_at=None) == replace(state, polled_at=None)
        assert (await poll(broker, NotModified(etag="n"), state)).etag == "n"

    async def test_nothing_is_remembered_unless_all_was_acked(self, broker: Broker) -> None:
        broker.fails["B"] = BrokerError("away")
        with pytest.raises(BrokerError):
            await poll(broker, document("C", "B", "A"))
        broker.fails.clear()
        broker.taken.clear()
        state = await poll(broker, document("C", "B", "A"))
        assert broker.titles == ["A", "B", "C"]
        assert len(state.seen) == 3

    async def test_an_article_that_will_never_be_taken_does_not_hold_up_the_others(self, broker: Broker) -> None:
        broker.fails["B"] = BrokerRefused("too large")
        with capture_logs() as logs:
            state = await poll(broker, document("C", "B", "A"))
        assert (broker.titles, len(state.seen)) == (["A", "C"], 3)
        assert [(log["event"], log.get("refused")) for log in logs] == [("article refused", None), ("polled", 1)]

    @pytest.mark.parametrize("error", [FetchError("away", "timeout"), FeedError("no feed")])
    async def test_what_fails_is_raised(self, broker: Broker, error: Exception) -> None:
        with pytest.raises(type(error)):
            await poll(broker, error)

    async def test_many_articles_are_published_a_part_at_a_time(self, broker: Broker) -> None:
        await poll(broker, document(*(str(n) for n in range(250))))
        assert broker.titles == [str(n) for n in reversed(range(250))]


async def first_ok(answers: Answer, broker: Broker, server: Server) -> FeedState:
    """The state after polling until one poll succeeds; those before must fail, and change nothing."""
    server.answer = answers
    async with Fetcher(SETTINGS) as fetcher:
        while True:
            with contextlib.suppress(FetchError):
                polled = partial(poll_feed, publish=broker.publish, remember=broker.remember)
                return await polled(feed(server.url), None, fetch=fetcher.fetch, parse=parse)
            assert broker.taken == []


class TestOddServers:
    @pytest.mark.parametrize("coding", ["gzip", "utf-8"])
    async def test_a_coding_announced_in_vain(self, server: Server, broker: Broker, coding: str) -> None:
        answer = plain(rss("One"), Content_Type="text/xml", Content_Encoding=coding)
        await first_ok(answer, broker, server)
        assert broker.titles == ["One"]

    async def test_a_rate_limit_with_a_page_is_no_broken_feed(self, server: Server, broker: Broker) -> None:
        page = plain("<!doctype html><title>Too Many Requests</title>", 429, Content_Type="text/html")
        await first_ok(one_after_another(page, plain(rss("One"))), broker, server)
        assert broker.titles == ["One"]


@contextlib.asynccontextmanager
async def polling(
    feeds: Sequence[Feed], broker: Broker, settings: PollSettings = SETTINGS, memory: ProcessMemory | None = None
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    run = asyncio.create_task(run_poll(feeds, settings, broker.publish, stop, memory=memory, spread=lambda: 0.0))
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await run


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.02)


class TestTheLoop:
    async def test_a_feed_is_polled_again_and_its_news_published(self, server: Server, broker: Broker) -> None:
        server.answer = one_after_another(plain(rss("Old")), plain(rss("New", "Old")))
        memory = ProcessMemory()
        async with polling([feed(server.url, interval_seconds=0.05)], broker, memory=memory):
            await until(lambda: broker.titles == ["Old", "New"])
            await until(lambda: len(server.requests) > 3)
        state = await memory.load("f")
        assert state is not None
        assert len(state.seen) == 2
        assert broker.titles == ["Old", "New"]

    async def test_bad_feeds_never_stop_a_good_one(self, server: Server, broker: Broker) -> None:
        async with serving() as page, serving() as slow, serving() as deep:
            page.answer = plain("<html><title>Sign in</title></html>")
            slow.answer = dripping(b"x", 0.05)
            deep.answer = plain("<rss>" + "<a>" * 2000)
            server.answer = plain(rss("Good"))
            urls = [
                page.url,
                slow.url,
                deep.url,
                "http://169.254.169.254/",
                "http://127.0.0.1:1/",
                "nonsense",
                server.url,
            ]
            feeds = [feed(url, id=f"f{n}", interval_seconds=0.05) for n, url in enumerate(urls)]
            with capture_logs() as logs:
                async with polling(feeds, broker, SETTINGS.model_copy(update={"total_seconds": 0.5, "per_host": 16})):
                    await until(lambda: {log.get("feed") for log in logs} == {f.id for f in feeds})
        assert {(log["feed"], log["outcome"]) for log in logs} == {
            ("f0", "not_a_feed"),
            ("f1", "timeout"),
            ("f2", "not_a_feed"),
            ("f3", "refused"),
            ("f4", "connect"),
            ("f5", "refused"),
            ("f6", "ok"),
            *{(log["feed"], log["outcome"]) for log in logs if log["outcome"] == "same_body"},
        }
        assert broker.titles == ["Good"]

    async def test_a_bug_in_what_takes_the_articles_stops_no_other_feed(self, server: Server, broker: Broker) -> None:
        broker.fails["Bad"] = ZeroDivisionError("bug")
        async with serving() as other:
            other.answer, server.answer = plain(rss("Bad")), plain(rss("Good"))
            feeds = [feed(other.url, id="a", interval_seconds=0.05), feed(server.url, id="b", interval_seconds=0.05)]
            async with polling(feeds, broker):
                await until(lambda: broker.titles == ["Good"])
                await until(lambda: len(other.requests) > 1)

    async def test_what_the_broker_did_not_take_comes_again(self, server: Server, broker: Broker) -> None:
        broker.fails["One"] = BrokerError("away")
        server.answer = plain(rss("One"), ETag='"1"')
        async with polling([feed(server.url, interval_seconds=0.05)], broker):
            await until(lambda: len(server.requests) > 1)
            broker.fails.clear()
            await until(lambda: broker.titles == ["One"])
        assert all("If-None-Match" not in request.headers for request in server.requests[:2])

    async def test_two_at_a_time_for_one_host(self, server: Server, broker: Broker) -> None:
        under_way, most = 0, 0

        async def counting(_: object) -> object:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.05)
            under_way -= 1
            return await plain(rss("One"))(None)  # type: ignore[arg-type]

        server.answer = counting  # type: ignore[assignment]
        feeds = [feed(f"{server.url}/{n}", id=str(n)) for n in range(6)]
        async with polling(feeds, broker):
            await until(lambda: len(broker.taken) == 6)
        assert most == 2

    async def test_a_host_that_asks_for_quiet_gets_it_from_all_its_feeds(self, server: Server, broker: Broker) -> None:
        server.answer = plain("", 429, Retry_After="3600")
        feeds = [feed(f"{server.url}/{n}", id=str(n), interval_seconds=0.02) for n in range(3)]
        with capture_logs() as logs:
            async with polling(feeds, broker, SETTINGS.model_copy(update={"per_host": 1})):
                await until(lambda: any(log.get("outcome") == "rate_limited" for log in logs))
                await asyncio.sleep(0.3)
        assert len(server.requests) == 1

    async def test_stopping_does_not_wait_for_a_slow_server(self, server: Server, broker: Broker) -> None:
        server.answer = dripping(b"x", 0.05)
        async with polling([feed(server.url)], broker, SETTINGS.model_copy(update={"total_seconds": 60})):
            await until(lambda: len(server.requests) == 1)

    async def test_without_feeds_it_waits_to_be_stopped(self, broker: Broker) -> None:
        async with polling([], broker):
            await asyncio.sleep(0.05)
