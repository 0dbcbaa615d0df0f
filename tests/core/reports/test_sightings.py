from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.core.reports import sightings
from monitor.core.reports.sightings import sight
from monitor.model import Entry, Feed, FeedState

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = Feed(id="f", url="https://e.org/rss", source="E")
ONE, TWO = Entry(id="1", title="One", text="x"), Entry(id="2", title="Two", text="y")


def after(*entries: Entry) -> FeedState:
    return FeedState(feed="f", seen=sight(FEED, None, entries, NOW).seen, polled_at=NOW)


def test_what_a_feed_holds_at_first_sight_is_backlog_oldest_first() -> None:
    found = sight(FEED, None, [TWO, ONE], NOW)
    assert [(a.title, a.backlog, a.edited) for a in found.articles] == [("One", True, False), ("Two", True, False)]


def test_unless_the_feed_says_that_it_is_news() -> None:
    assert not any(a.backlog for a in sight(replace(FEED, backlog=True), None, [ONE], NOW).articles)


def test_a_feed_that_was_empty_at_first_sight_has_news_later() -> None:
    (found,) = sight(FEED, FeedState(feed="f", polled_at=NOW), [ONE], NOW).articles
    assert not found.backlog


def test_what_was_seen_is_not_news() -> None:
    assert sight(FEED, after(ONE, TWO), [TWO, ONE], NOW + timedelta(hours=1)).articles == []


def test_an_edit_is_the_same_article_in_another_revision() -> None:
    before = sight(FEED, None, [ONE], NOW).articles[0]
    (edited,) = sight(FEED, after(ONE, TWO), [TWO, replace(ONE, text="more")], NOW).articles
    assert (edited.id, edited.edited, edited.backlog) == (before.id, True, False)
    assert edited.revision != before.revision


def test_the_state_remembers_the_edit() -> None:
    changed = replace(ONE, text="more")
    state = FeedState(feed="f", seen=sight(FEED, after(ONE), [changed], NOW).seen, polled_at=NOW)
    assert sight(FEED, state, [changed], NOW).articles == []


def test_an_entry_that_says_nothing_is_counted_not_published() -> None:
    found = sight(FEED, None, [Entry(id="3", link="https://e.org/3", title=" "), ONE], NOW)
    assert (len(found.articles), found.empty) == (1, 1)


def test_what_left_the_document_is_remembered_and_what_is_in_it_never_forgotten() -> None:
    old = {f"old{n}": "r" for n in range(sightings.MOST_REMEMBERED + 5)}
    seen = sight(FEED, FeedState(feed="f", seen=old, polled_at=NOW), [ONE, TWO], NOW).seen
    assert len(seen) == sightings.MOST_REMEMBERED + 2
    assert "old0" not in seen
    assert "old5" in seen


def test_an_edit_of_what_may_have_been_published_is_an_edit() -> None:
    """A process ended between the acks of an article and the memory of it."""
    begun = sight(FEED, FeedState(feed="f", polled_at=NOW), [ONE], NOW).begun
    state = FeedState(feed="f", begun=begun, polled_at=NOW)
    again = sight(FEED, state, [ONE, TWO], NOW)
    assert [(article.title, article.edited) for article in again.articles] == [("Two", False), ("One", False)]
    changed = sight(FEED, state, [replace(ONE, text="more")], NOW)
    assert [article.edited for article in changed.articles] == [True]
    # It is not known how far the second came, so the first stays what the next is held against.
    assert changed.begun == begun


def test_what_was_seen_before_does_not_begin() -> None:
    assert sight(FEED, after(ONE), [replace(ONE, text="more")], NOW).begun == {}
