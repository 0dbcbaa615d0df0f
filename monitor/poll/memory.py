"""What is remembered of feeds over a restart: the topic news.feeds, a row a feed, written once its articles are acked.

A state that is older than its feed's articles costs repeats under the same ids, which change nothing. A state that is
newer would lose articles, so none is ever written before they are acked.
"""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from itertools import islice

from monitor import compacted, wire
from monitor.errors import BrokerError
from monitor.logs import logger
from monitor.model import FeedState
from monitor.records import Record

MOST_SEEN = 30_000  # entries of a feed, of 30 bytes each: with them a state fits a record of 1 MB
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0

Read = Callable[[], AsyncIterator[Record]]  # all that is in news.feeds
Write = Callable[[str, bytes], Awaitable[None]]  # key, row; acked when it returns
Bury = Callable[[Record, Exception], Awaitable[None]]

log = logger("poll")


class TopicMemory:
    """A FeedMemory in news.feeds; the states of all feeds are in memory too."""

    def __init__(self, read: Read, write: Write, bury: Bury) -> None:
        """`bury` gets rows that cannot be read."""
        self._read, self._write, self._bury = read, write, bury
        self._states: dict[str, FeedState] = {}
        self.trouble: str | None = None

    async def open(self, stop: asyncio.Event) -> None:
        """Learn what was remembered; waits while the broker is away, unless `stop` is set."""
        wait = FIRST_WAIT_SECONDS
        while not stop.is_set():
            try:
                await self._learn()
            except BrokerError as error:
                if not error.retriable:
                    raise
                self.trouble = f"cannot read what is remembered of feeds: {error}"
                log.warning("waiting for the memory of feeds", error=str(error), seconds=wait)
                await _either(stop, wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            else:
                self.trouble = None
                log.info("memory of feeds read", feeds=len(self._states))
                return

    async def load(self, feed: str) -> FeedState | None:
        """What is remembered of this feed."""
        return self._states.get(feed)

    async def save(self, state: FeedState) -> None:
        """Remember this; returns once it is durable. Raises BrokerRefused."""
        state = _fitting(state)
        before = self._states.get(state.feed)
        # That it was polled once more is not worth a record: only whether it ever was matters after a restart.
        if before is None or dataclasses.replace(before, polled_at=state.polled_at) != state:
            await self._write(state.feed, wire.encode(state))
        self._states[state.feed] = state

    async def _learn(self) -> None:
        states: dict[str, FeedState] = {}
        async for _, feed, state in compacted.rows(self._read(), FeedState, lambda one: one.feed, self._bury):
            if state is None:
                states.pop(feed, None)
            else:
                states[feed] = state
        self._states = states


def _fitting(state: FeedState) -> FeedState:
    """The state with the newest entries only: those in the document stand last, so the others go first."""
    over = len(state.seen) - MOST_SEEN
    if over > 0:
        log.warning("feed too long to remember whole", feed=state.feed, entries=len(state.seen), forgotten=over)
    seen = _newest(state.seen, MOST_SEEN)
    return dataclasses.replace(state, seen=seen, begun=_newest(state.begun, MOST_SEEN - len(seen)))


def _newest(entries: Mapping[str, str], most: int) -> Mapping[str, str]:
    over = len(entries) - most
    return entries if over <= 0 else dict(islice(entries.items(), over, None))


async def _either(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
