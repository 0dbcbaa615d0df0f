"""What a feed shows × what it showed before → what is news in it."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.core.reports.articles import to_article
from monitor.model import Article, Entry, Feed, FeedState

MOST_REMEMBERED = 2_000  # entries that are no longer in the document; those in it are all remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Articles to publish, oldest first; what the feed will have shown once they are; entries that say nothing.

    `begun` is to be remembered before the first is published: should the process end before `seen` is remembered, and
    an entry be edited meanwhile, its edit must still be known for one.
    """

    articles: Sequence[Article]
    seen: Mapping[str, str]
    begun: Mapping[str, str]
    empty: int = 0


def sight(feed: Feed, state: FeedState | None, entries: Sequence[Entry], now: datetime) -> Sighting:
    """New and edited articles of a document, which lists its newest first.

    At first sight of a feed all that it holds is backlog, unless the feed says that it is news.
    """
    before, begun = (state.seen, state.begun) if state else ({}, {})
    first_sight = state is None or state.polled_at is None
    told = [entry for entry in entries if entry.title.strip() or entry.text.strip()]
    shown = [to_article(e, feed, now, backlog=first_sight and not feed.backlog) for e in reversed(told)]
    articles = [
        dataclasses.replace(one, edited=_key(one) in before or begun.get(_key(one), _revision(one)) != _revision(one))
        for one in shown
        if before.get(_key(one)) != _revision(one)
    ]
    return Sighting(
        articles=articles,
        # The first revision stays, since it is not known how far a process came with the later ones.
        begun={_key(one): begun.get(_key(one), _revision(one)) for one in articles if _key(one) not in before},
        seen=_remembered(before, {_key(article): _revision(article) for article in shown}),
        empty=len(entries) - len(told),
    )


def _key(article: Article) -> str:
    """What is remembered of an id: 64 bits tell the entries of one feed apart."""
    return article.id[:16]


def _revision(article: Article) -> str:
    """What is remembered of a revision: an edit that 32 bits do not tell from the last text is one in 4 billion."""
    return article.revision[:8]


def _remembered(before: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    gone = [item for item in before.items() if item[0] not in shown]
    return {**dict(gone[-MOST_REMEMBERED:]), **shown}
