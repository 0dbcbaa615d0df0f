from datetime import UTC, datetime

from monitor.model import Entry
from monitor.sources.feeds import ParsedFeed, parse_feed


def test_all_of_an_item() -> None:
    raw = (
        b'{"title": "J", "feed_url": "https://e.org/f", "items": [{"id": "1", "external_url": "/x",'
        b'"title": "A <b",'
        b'"content_html": "<p>One</p>", "summary": "On \xe2\x80\xa6", "authors": [{"name": "X"}, {"name": "Y"}, 3],'
        b'"date_modified": "2026-03-03T10:00:00Z"}]}'
    )
    assert parse_feed(raw, url="https://e.org/f") == ParsedFeed(
        title="J",
        id="https://e.org/f",
        entries=(
            Entry(
                id="1",
                link="https://e.org/x",
                title="A <b",
                text="One",
                updated_at=datetime(2026, 3, 3, 10, tzinfo=UTC),
                author="X, Y",
            ),
        ),
    )


def test_fields_of_a_wrong_kind_are_nothing() -> None:
    raw = b'{"items": [{"id": 1.5, "url": [1], "title": {}, "content_text": 7, "date_published": 3, "author": "x"}]}'
    assert parse_feed(raw).entries == (Entry(id="1.5"),)


def test_the_author_of_version_1() -> None:
    assert parse_feed(b'{"items": [{"id": 1, "author": {"name": "X"}}]}').entries[0].author == "X"
