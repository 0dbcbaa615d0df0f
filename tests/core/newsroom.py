"""A small newsroom for tests of stories: articles in a few words, and an index that is told of them."""

from datetime import UTC, datetime, timedelta

from monitor.core.reports.articles import revision
from monitor.core.stories.figures import Figure
from monitor.core.stories.sketches import read
from monitor.core.stories.stories import Outcome, StoryIndex
from monitor.model import Article, Hit, Judgement, Match, WatchMatch, WatchSettings

START = datetime(2026, 3, 3, 9, tzinfo=UTC)
SETTINGS = WatchSettings(channels=("desk",))


def article(
    id: str,
    title: str,
    text: str,
    *,
    hours: float = 0,
    source: str = "Example Wire",
    url: str | None = None,
    backlog: bool = False,
    edited: bool = False,
    corrects: str | None = None,
) -> Article:
    """An article published and seen so many hours after START."""
    at = START + timedelta(hours=hours)
    return Article(
        id=id,
        revision=revision(title, text),
        source=source,
        title=title,
        text=text,
        url=url or f"https://news.example.org/{id}",
        published_at=at,
        first_seen_at=at,
        backlog=backlog,
        edited=edited,
        corrects=corrects,
    )


def match(found: Article, *watches: str, settings: WatchSettings = SETTINGS, hits: tuple[Hit, ...] = ()) -> Match:
    """The article as a match of these watches ("desk" if none is named), each with all hits."""
    places = tuple(range(len(hits)))
    matched = [WatchMatch(watch=w, version="1", hits=places, settings=settings) for w in watches or ("desk",)]
    return Match(article=found, hits=hits, watches=tuple(matched))


def unwatched(found: Article) -> Match:
    """An article that satisfies no watch of the partition."""
    return Match(article=found)


def tell(index: StoryIndex, found: Match, offset: int | None = None) -> Outcome:
    """Judge and apply."""
    outcome = index.judge(found, offset)
    index.apply(outcome)
    return outcome


def judged(*articles: Article, settings: WatchSettings = SETTINGS) -> list[Judgement]:
    """What a fresh index makes of these articles, one after another, for one watch."""
    index = StoryIndex()
    return [tell(index, match(found, settings=settings)).judgements[0] for found in articles]


def figures_in(title: str, text: str) -> tuple[Figure, ...]:
    """The figures of a report with this headline and text."""
    return read(article("a", title, text), START, 0).remembered.figures
