"""The watches of a running worker: news.watches read to its end, then followed; each new set takes the old one's place.

::

    news.watches → fold → compile, in a thread → in use → its offset committed, so that `watches apply` sees it

A set that cannot be compiled leaves the old one at work, and says so until one can. At the start there is no old one:
then what cannot be used is left out.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from monitor import cluster, kafka, logs, metrics
from monitor.core.matching.watches import WatchSet
from monitor.errors import InputError, QueryError, Stalled
from monitor.heap import staying
from monitor.model import Watch
from monitor.watchlist import Watchlist
from monitor.watchset import compile_saved, unusable
from monitor.workers import TOPIC

POLL_MS = 100
COMMIT_AGAIN_SECONDS = 3600.0  # Kafka forgets what is not committed for days
MOST_LAYERS = 6  # of a set, before all are filed together anew
SWITCH_SECONDS = 0.0005  # how long a compiling thread may keep the interpreter from the one that matches


class LiveWatches:
    """The set in use, kept up with news.watches. `consumer` is in the group of this worker and reads nothing yet."""

    def __init__(self, consumer: AIOKafkaConsumer, cache_dir: Path | None) -> None:
        self._consumer, self._cache_dir = consumer, cache_dir
        self._held = Watchlist()
        self._set: WatchSet | None = None
        self._changed: set[str] = set()  # keys that are newer than the set in use
        self._tried = -1  # the offset that was compiled last, or could not be
        self._refused: str | None = None
        self._left_out: dict[str, str] = {}
        self._committed, self._committed_at = -1, 0.0
        self._log = logs.logger("watches")

    def __call__(self) -> WatchSet:
        """The set in use."""
        assert self._set is not None, "it is opened before it is asked"
        return self._set

    @property
    def trouble(self) -> str | None:
        """What of news.watches is not in use, in words."""
        if self._refused:
            return f"the watches in use are those of before, since the new ones cannot be used: {self._refused}"
        out = {**self._held.damaged, **self._left_out}
        if not out:
            return None
        key, why = next(iter(out.items()))
        return f"{len(out)} not in use, among them {key}: {why}"

    async def open(self) -> None:
        """Read all that is saved and put it to use. Raises BrokerError."""
        self._consumer.assign([TOPIC])
        with cluster.asking(f"{TOPIC.topic} cannot be read (`monitor topics create` makes it)"):
            await self._consumer.seek_to_beginning(TOPIC)
            end = (await self._consumer.end_offsets([TOPIC]))[TOPIC]
            while await self._consumer.position(TOPIC) < end:
                self._take(await self._consumer.getmany(timeout_ms=POLL_MS))
        self._changed, self._tried = set(), self._held.offset
        with staying():
            self._use(await asyncio.to_thread(self._first))
        await self._commit()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop`. Raises Stalled where the topic was made anew under it."""
        while not stop.is_set():
            self._take(await self._consumer.getmany(timeout_ms=POLL_MS))
            if self._held.offset != self._tried:
                await self._catch_up()
            await self._commit()

    def _take(self, batches: dict[Any, list[Any]]) -> None:
        for record in (record for batch in batches.values() for record in batch):
            if record.offset <= self._held.offset:
                raise Stalled(f"{TOPIC.topic} begins anew: stopping, so that all of it is read again")
            damaged = len(self._held.damaged)
            if key := self._held.take(record):
                self._changed.add(key)
            if len(self._held.damaged) > damaged:
                metrics.rows_ignored.labels(TOPIC.topic, "damaged").inc()
                self._log.error("record ignored", offset=record.offset, error=[*self._held.damaged.values()][-1])

    async def _catch_up(self) -> None:
        """Compile what is new. It is tried again with the next record, and until then the old set stays."""
        held, changed, self._changed = self._held.copy(), frozenset(self._changed), set()
        self._tried = held.offset
        try:
            with _yielding():
                made = await asyncio.to_thread(self._compile, held, changed)
        except (QueryError, InputError) as error:
            self._changed |= changed
            self._refused = str(error)
            self._log.error("new watches cannot be used, the old ones stay", error=str(error), offset=held.offset)
            return
        self._refused = None
        self._use(made)

    def _first(self) -> WatchSet:
        self._left_out = unusable(self._held, self._cache_dir)
        for key, why in self._left_out.items():
            self._log.error("left out", key=key, error=why)
        return compile_saved(self._held.without(self._left_out), self._cache_dir)

    def _compile(self, held: Watchlist, changed: frozenset[str]) -> WatchSet:
        assert self._set is not None
        if all(key.startswith("watch|") for key in changed) and not self._left_out:
            added = [saved for key in sorted(changed) if isinstance(saved := held.saved.get(key), Watch)]
            gone = [key.removeprefix("watch|") for key in changed if key not in held.saved]
            try:
                made = self._set.with_changes(added, gone)
            except QueryError:
                if self._set.gazetteer is not None:
                    raise
            else:
                return (made.merged() if len(made.layers) > MOST_LAYERS else made).at(held.offset)
        # What was left out at the start must not keep later changes from use.
        left_out = unusable(held, self._cache_dir) if self._left_out else {}
        made = compile_saved(held.without(left_out), self._cache_dir, self._set)
        self._left_out = left_out
        return made

    def _use(self, made: WatchSet) -> None:
        self._set = made
        metrics.watches_loaded.set(made.count)
        self._log.info("watches in use", watches=made.count, offset=made.offset)

    async def _commit(self) -> None:
        """Let it be known what is in use; a broker that is away is told when it is back."""
        now, offset = asyncio.get_running_loop().time(), self().offset
        if offset is None or (offset == self._committed and now - self._committed_at < COMMIT_AGAIN_SECONDS):
            return
        try:
            await self._consumer.commit({TOPIC: offset + 1})
        except KafkaError as error:
            self._log.warning("what is in use is not known to the broker yet", error=kafka.named(error))
            return
        self._committed, self._committed_at = offset, now


@contextmanager
def _yielding() -> Iterator[None]:
    """A thread that compiles lets go of the interpreter soon where another wants it."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
