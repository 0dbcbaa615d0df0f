"""Feeds, each polled at its interval: gather, decide, apply.

::

    fetch ─► unchanged? ─► parse (in a child) ─► what is news in it ─► remember that it begins ─► publish, acked ─►
    only then: remember it
"""

import asyncio
import dataclasses
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Protocol
from urllib.parse import urlsplit

from monitor import clock, metrics
from monitor.core.reports.schedule import next_delay
from monitor.core.reports.sightings import Sighting, sight
from monitor.errors import FeedError, FetchError, MonitorError
from monitor.killpoints import reached
from monitor.logs import logger
from monitor.model import Article, Feed, FeedState
from monitor.poll.fetch import Fetched, Fetcher, NotModified
from monitor.poll.parsers import parsers
from monitor.settings import PollSettings
from monitor.sources.feeds import ParsedFeed

AT_ONCE = 64  # polls under way over all hosts
IN_FLIGHT = 100  # articles of one feed published and not yet acked
STARTS_A_SECOND = 20  # first polls, so that many feeds do not start as one

Publish = Callable[[Article], Awaitable[None]]
Fetch = Callable[[Feed, FeedState | None], Awaitable[Fetched | NotModified]]
Parse = Callable[[bytes, str, str], Awaitable[ParsedFeed]]
Remember = Callable[[FeedState], Awaitable[None]]

log = logger("poll")


class FeedMemory(Protocol):
    """Where the state of feeds is kept between polls."""

    async def load(self, feed: str) -> FeedState | None:
        """What is remembered of this feed."""
        ...

    async def save(self, state: FeedState) -> None:
        """Remember this; returns once it is durable."""
        ...


class ProcessMemory:
    """A FeedMemory that ends with the process."""

    def __init__(self) -> None:
        self._states: dict[str, FeedState] = {}

    async def load(self, feed: str) -> FeedState | None:
        """What is remembered of this feed."""
        return self._states.get(feed)

    async def save(self, state: FeedState) -> None:
        """Remember this."""
        self._states[state.feed] = state


async def poll_feed(  # noqa: PLR0913 its four effects, and the clock
    feed: Feed,
    state: FeedState | None,
    *,
    fetch: Fetch,
    parse: Parse,
    publish: Publish,
    remember: Remember,
    now: Callable[[], datetime] = clock.now,
) -> FeedState:
    """One poll: what is to be remembered, after every new or edited article was acked.

    `remember` is given, before anything is published for the first time, what then begins.

    Raises FetchError, FeedError, and what `publish` raises where trying again helps; then nothing is to be remembered,
    and the next poll publishes the same articles under the same ids.
    """
    answer = await fetch(feed, state)
    known = state or FeedState(feed=feed.id)
    if isinstance(answer, NotModified):
        _tell(feed, "not_modified")
        kept = (answer.etag or known.etag, answer.last_modified or known.last_modified)
        return dataclasses.replace(known, etag=kept[0], last_modified=kept[1], polled_at=now())
    digest = blake2b(answer.body, digest_size=16).hexdigest()
    remembered = dataclasses.replace(
        known, etag=answer.etag, last_modified=answer.last_modified, body_hash=digest, polled_at=now()
    )
    if digest == known.body_hash:
        _tell(feed, "same_body")
        return remembered
    parsed = await parse(answer.body, answer.final_url, answer.content_type)
    found = sight(feed, state, parsed.entries, now())
    if found.begun and found.begun != known.begun:
        await remember(dataclasses.replace(known, begun=found.begun))
        reached("poll.begun")
    refused = await _publish_all(feed, found.articles, publish)
    reached("poll.published")
    _tell_found(feed, answer, parsed, found, refused)
    return dataclasses.replace(remembered, seen=found.seen, begun={})


async def _publish_all(feed: Feed, articles: Sequence[Article], publish: Publish) -> int:
    """How many of these will never be taken; the others are acked when this returns."""
    refused = 0
    for start in range(0, len(articles), IN_FLIGHT):
        batch = articles[start : start + IN_FLIGHT]
        results = await asyncio.gather(*map(publish, batch), return_exceptions=True)
        for article, result in zip(batch, results, strict=True):
            if isinstance(result, MonitorError) and not result.retriable:
                refused += 1
                log.error("article refused", feed=feed.id, article=article.id, error=str(result))
            elif isinstance(result, BaseException):
                raise result
    return refused


def _tell(feed: Feed, outcome: str) -> None:
    metrics.fetches.labels(outcome).inc()
    log.debug("polled", feed=feed.id, outcome=outcome)


def _tell_found(feed: Feed, answer: Fetched, parsed: ParsedFeed, found: Sighting, refused: int) -> None:
    metrics.fetches.labels("ok").inc()
    metrics.entries_refused.inc(found.empty + refused)
    log.info(
        "polled",
        feed=feed.id,
        outcome="ok",
        entries=len(parsed.entries),
        published=len(found.articles) - refused,
        edited=sum(article.edited for article in found.articles),
        backlog=sum(article.backlog for article in found.articles),
        refused=found.empty + refused,
        **(
            {"warnings": "; ".join(warnings)}
            if (warnings := [*filter(None, [answer.oddity]), *parsed.warnings])
            else {}
        ),
    )


@dataclass(slots=True)
class _Host:
    """What the feeds of one host share: turns, and how long the host wants quiet (the loop's time)."""

    turns: asyncio.Semaphore
    quiet_until: float = 0.0


@dataclass(slots=True, kw_only=True)
class _Poller:
    """What every poll needs; the hosts met so far."""

    fetch: Fetch
    parse: Parse
    publish: Publish
    memory: FeedMemory
    spread: Callable[[], float]
    per_host: int
    all_turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    hosts: dict[str, _Host] = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = defaultdict(lambda: _Host(asyncio.Semaphore(self.per_host)))

    async def keep_polling(self, feed: Feed, first_delay: float) -> None:
        """Polls one feed for ever, whatever happens to it."""
        host = self.hosts[urlsplit(feed.url).hostname or ""]
        failures, delay = 0, first_delay
        while True:
            await asyncio.sleep(delay)
            async with host.turns:
                await asyncio.sleep(max(0.0, host.quiet_until - _time()))
                async with self.all_turns:
                    error = await self.poll(feed)
            failures = failures + 1 if error else 0
            wait = error.after_seconds if isinstance(error, FetchError) else None
            delay = next_delay(feed.interval_seconds, failures, wait, self.spread())
            if isinstance(error, FetchError) and (wait or error.outcome == "rate_limited"):
                host.quiet_until = max(host.quiet_until, _time() + delay)

    async def poll(self, feed: Feed) -> Exception | None:
        """One poll and its outcome on record; an error is a result here, since the next poll tries again."""
        try:
            with metrics.fetch_seconds.time():
                state = await self.memory.load(feed.id)
                state = await poll_feed(
                    feed,
                    state,
                    fetch=self.fetch,
                    parse=self.parse,
                    publish=self.publish,
                    remember=self.memory.save,
                )
            await self.memory.save(state)
            reached("poll.remembered")
        except MonitorError as error:
            outcome = error.outcome if isinstance(error, FetchError) else _outcome(error)
            metrics.fetches.labels(outcome).inc()
            log.warning("polled", feed=feed.id, outcome=outcome, error=str(error))
            return error
        except Exception as error:
            metrics.fetches.labels("error").inc()
            log.exception("polled", feed=feed.id, outcome="error", error=f"{type(error).__name__}: {error}")
            return error
        metrics.feed_last_success.set_to_current_time()
        return None


def _outcome(error: MonitorError) -> str:
    return "not_a_feed" if isinstance(error, FeedError) else "not_published"


def _time() -> float:
    return asyncio.get_running_loop().time()


async def run_poll(  # noqa: PLR0913 the last two for other memories and for tests
    feeds: Sequence[Feed],
    settings: PollSettings,
    publish: Publish,
    stop: asyncio.Event,
    *,
    memory: FeedMemory | None = None,
    spread: Callable[[], float] = random.random,
) -> None:
    """Poll all feeds until `stop` is set; a poll under way then is abandoned, and nothing of it remembered.

    `publish` returns when the broker has acked. `spread` gives numbers from 0 to 1 for jitter.
    """
    async with Fetcher(settings) as fetcher, parsers() as children:
        poller = _Poller(
            fetch=fetcher.fetch,
            parse=children.parse,
            publish=publish,
            memory=memory or ProcessMemory(),
            spread=spread,
            per_host=settings.per_host,
        )
        async with asyncio.TaskGroup() as group:
            longest = len(feeds) / STARTS_A_SECOND
            polls = [
                group.create_task(poller.keep_polling(feed, spread() * min(longest, feed.interval_seconds)))
                for feed in feeds
            ]
            await stop.wait()
            for poll in polls:
                poll.cancel()
