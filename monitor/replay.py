"""Articles of files → news.articles, in their order, at a chosen speed or as fast as their consumers take them.

All go to one partition, so that each watch sees them in this order and gives the same alerts each time. Time is the
stream's own: an article is first seen when it was published.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor import wire
from monitor.errors import MonitorError
from monitor.model import Alert, Article, Judgement, Suppressed

PARTITION = 0

Publish = Callable[[Article], Awaitable[None]]


def in_stream_time(articles: Iterable[Article], start: datetime) -> Iterator[Article]:
    """The same articles, first seen when they were published; an undated one comes a second after the one before it."""
    before = start
    for article in articles:
        assumed = article.published_at is None
        published = article.published_at or before + timedelta(seconds=1)
        before = published
        yield dataclasses.replace(
            article,
            published_at=published,
            first_seen_at=published,
            date_assumed=article.date_assumed or assumed,
        )


async def replay(
    articles: Iterable[Article],
    publish: Publish,
    speed: float | None,
    read: Callable[[Article], None],
    report: Callable[[str], None],
) -> None:
    """Publish the articles in their order; `read` is told of each, as it goes, `report` why one could not be published.

    `speed` 60 plays an hour in a minute; None = as fast as their consumers take them. Raises what `publish` does where
    trying again can help.
    """
    before: datetime | None = None
    for article in articles:
        at = article.first_seen_at
        if speed is not None and before is not None and at > before:
            await asyncio.sleep((at - before).total_seconds() / speed)
        before = at
        try:
            await publish(article)
        except MonitorError as error:
            if error.retriable:
                raise
            report(f"article {article.id}: {error}")
        read(article)


@dataclass(slots=True)
class Tally:
    """What a replay came to: counts, and the decisions by watch and article."""

    read: int = 0
    alerts: dict[tuple[str, str, str], Alert] = field(default_factory=dict)  # watch, article, revision
    suppressed: dict[tuple[str, str, str], Suppressed] = field(default_factory=dict)
    deadletters: int = 0

    def alert(self, alert: Alert) -> None:
        """Count an alert once, however many channels it goes to and however often it is sent."""
        self.alerts[_key(alert.judgement)] = alert

    def silence(self, suppressed: Suppressed) -> None:
        """Count a decision not to tell."""
        self.suppressed[_key(suppressed.judgement)] = suppressed

    @property
    def matched(self) -> int:
        """How many articles satisfied at least one watch."""
        return len({article for _, article, _ in (*self.alerts, *self.suppressed)})

    def lines(self) -> list[str]:
        """Every decision as a line of JSON, by watch and article."""
        decided = [*(a.judgement for a in self.alerts.values()), *(s.judgement for s in self.suppressed.values())]
        return [wire.plain(judgement).decode() for judgement in sorted(decided, key=_key)]


def _key(judgement: Judgement) -> tuple[str, str, str]:
    return judgement.watch, judgement.article, judgement.revision
