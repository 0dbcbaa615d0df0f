"""What becomes of one record at each stage, by the pure core.

::

    news.articles | match | news.matches | story | news.alerts, news.suppressed
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Protocol, TypeAlias, TypeVar

from monitor import clock, logs, metrics, topics, wire
from monitor.core.matching.matches import match, split
from monitor.core.matching.watches import WatchSet
from monitor.core.stories.alerts import label
from monitor.core.stories.arena import OpenDisk, no_disk
from monitor.core.stories.stories import Outcome, StoryIndex
from monitor.errors import WireError
from monitor.heap import staying
from monitor.model import Article, Judgement, Match, Removal, Ruling, Sketch
from monitor.stream.guard import Decided, Output, Record

CHANGELOGS = dict(zip(topics.TABLES, topics.CHANGELOGS, strict=True))
TABLES = {changelog.name: table for table, changelog in CHANGELOGS.items()}

T = TypeVar("T")


class MatchStage:
    """An article → one record for each partition of watches that it concerns. Keeps no state."""

    name = "match"

    def __init__(self, watches: Callable[[], WatchSet], partitions: int) -> None:
        self._watches, self._partitions = watches, partitions

    def decide(self, record: Record) -> Decided:
        """Handle a record of news.articles."""
        article = wire.decode(record.value, Article)
        with metrics.match_seconds.time():
            matched = match(article, self._watches())
            parts = split(article, matched, self._partitions, topics.partition_of)
        for watch in matched.ids:
            metrics.matches.labels(metrics.bounded("watch", watch)).inc()
        return Decided([Output(topics.MATCHES, article.id, wire.encode(part), n) for n, part in parts.items()])

    def remember(self, rows: Iterable[Output]) -> None:
        """Nothing to write."""

    def forget(self) -> None:
        """Nothing to forget."""


OfStories: TypeAlias = Match | Removal | Ruling
_KINDS: tuple[type[OfStories], ...] = (Match, Removal, Ruling)


def _read(value: bytes | None) -> OfStories:
    return wire.decode_any(value, _KINDS)


def _decided(index: StoryIndex, found: OfStories, offset: int) -> Outcome:
    if isinstance(found, Removal):
        return index.forget(found)
    return index.rule(found) if isinstance(found, Ruling) else index.judge(found, offset)


class Rows(Protocol):
    """A table of rows whose keys start with their partition."""

    def write(self, key: str, row: bytes | None) -> None:
        """Set a row that the changelog has, or delete it where `row` is None."""

    def rows_of(self, partition: int) -> list[bytes]:
        """The rows of one partition, in no order."""
        ...


class StoryStage:
    """A match → what it is to each of its watches: alerts, or suppressions with their reason."""

    name = "story"

    def __init__(self, tables: Mapping[str, Rows], partitions: int, open_disk: OpenDisk = no_disk) -> None:
        self._tables, self._partitions, self._open_disk = tables, partitions, open_disk
        self._indexes: dict[int, StoryIndex] = {}
        self._log = logs.logger(self.name)

    def decide(self, record: Record) -> Decided:
        """Handle a record of news.matches."""
        found = _read(record.value)
        index = self._index(record.partition)
        outcome = _decided(index, found, record.offset)
        index.apply(outcome)
        return Decided(
            list(self._outputs(outcome)),
            [
                Output(CHANGELOGS[table], f"{record.partition}|{key}", row, record.partition)
                for table, key, row in _rows(outcome)
            ],
            lambda: self._report(outcome, found),
        )

    def remember(self, rows: Iterable[Output]) -> None:
        """Put judgements and sketches into the tables."""
        for row in rows:
            self._tables[TABLES[row.topic.name]].write(row.key, row.value)

    def forget(self) -> None:
        """Drop every index; each is built anew from its rows when it is next needed."""
        self._indexes.clear()

    async def restore(self, owned: Collection[int], changed: Collection[int]) -> None:
        """Build the indexes of owned partitions that are not here or whose rows have changed, and drop the others.

        It takes seconds for a long memory, in a thread of its own: who asks how the worker is gets an answer.
        """
        self._indexes = {n: index for n, index in self._indexes.items() if n in owned and n not in changed}
        with staying():
            for partition in set(owned) - self._indexes.keys():
                built = await asyncio.to_thread(self._restored, *self._rows_of(partition))
                self._indexes.setdefault(partition, built)

    def _index(self, partition: int) -> StoryIndex:
        index = self._indexes.get(partition)
        if index is None:
            index = self._indexes[partition] = self._restored(*self._rows_of(partition))
        return index

    def _restored(self, sketches: Iterable[bytes], judgements: Iterable[bytes]) -> StoryIndex:
        index = StoryIndex(self._open_disk)
        index.restore(_readable(sketches, Sketch, "sketches"), _readable(judgements, Judgement, "judgements"))
        return index

    def _rows_of(self, partition: int) -> tuple[list[bytes], list[bytes]]:
        return self._tables["sketches"].rows_of(partition), self._tables["judgements"].rows_of(partition)

    def _outputs(self, outcome: Outcome) -> Iterator[Output]:
        for alert in outcome.alerts:
            yield Output(topics.ALERTS, alert.channel, wire.encode(alert), self._partition_of(alert.channel))
        for silent in outcome.suppressed:
            watch = silent.judgement.watch
            yield Output(topics.SUPPRESSED, watch, wire.encode(silent), self._partition_of(watch))

    def _partition_of(self, key: str) -> int:
        return topics.partition_of(key, self._partitions)

    def _report(self, outcome: Outcome, found: OfStories) -> None:
        if isinstance(found, Removal):
            self._log.info("forgotten", watch=found.watch, articles=len(outcome.expired_judgements))
            return
        if isinstance(found, Ruling):
            self._log.info("ruled", watch=found.watch, ruling=found.id, articles=len(outcome.rewritten))
            return
        for judgement in outcome.judgements:
            count(judgement)
            self._log.info(
                "told" if judgement.told else "suppressed",
                watch=judgement.watch,
                article=judgement.article,
                decision=str(judgement.decision),
                reason=judgement.reason,
            )
        for watch in outcome.cut:
            metrics.memory_cut.labels(metrics.bounded("watch", watch)).inc()
            self._log.warning("a watch remembers no more: its earliest articles are forgotten", watch=watch)
        if outcome.alerts:
            age = (clock.now() - found.article.first_seen_at).total_seconds()
            metrics.alert_seconds.labels(self.name).observe(max(age, 0))


def _readable(rows: Iterable[bytes], noun: type[T], table: str) -> Iterator[T]:
    """Rows as nouns. One that cannot be read is counted and left out: what it held may be told again."""
    ignored, error = 0, ""
    for row in rows:
        try:
            yield wire.decode(row, noun)
        except (WireError, RecursionError) as fault:
            ignored, error = ignored + 1, str(fault)
    if ignored:
        metrics.rows_ignored.labels(CHANGELOGS[table].name, "damaged").inc(ignored)
        logs.logger("story").error("rows that cannot be read", table=table, rows=ignored, last_error=error)


def count(judgement: Judgement) -> None:
    """Count a decision in the metrics."""
    if judgement.told:
        metrics.alerts.labels(metrics.bounded("watch", judgement.watch), judgement.decision).inc()
    else:
        metrics.suppressed.labels(label(judgement)).inc()


def _rows(outcome: Outcome) -> Iterator[tuple[str, str, bytes | None]]:
    if outcome.sketch is not None:
        yield "sketches", outcome.sketch.key, wire.encode(outcome.sketch)
    for judgement in (*outcome.judgements, *outcome.rewritten):
        yield "judgements", judgement.key, wire.encode(judgement)
    for key in outcome.expired_sketches:
        yield "sketches", key, None
    for key in outcome.expired_judgements:
        yield "judgements", key, None
