"""feeds.yaml: addresses, and the names made from them."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor import model
from monitor.settings import FeedSettings, load_feed_file
from tests.configurations import faults_of, write


def _feed_faults(tmp_path: Path, text: str) -> list[str]:
    path = write(tmp_path, feeds=text).with_name("feeds.yaml")
    return faults_of(load_feed_file, path)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (
            "htp://example.org/a",
            "expected an address such as https://example.org/feed.xml, found 'htp://example.org/…'",
        ),
        ("file:///etc/passwd", "expected an address such as https://example.org/feed.xml, found 'file:///…'"),
        ("ftp://example.org", "expected an address such as https://example.org/feed.xml, found 'ftp://example.org/…'"),
        ("example.org/feed", "expected an address such as https://example.org/feed.xml, found 'example.org/feed'"),
        ("https://", "expected an address such as https://example.org/feed.xml, found 'https:///…'"),
        (
            "https://u:hunter2@example.org/",
            "expected an address without a name or password in it, found one for example.org",
        ),
        ("https://example.org:port/?token=hunter2", "expected a web address, found 'https://example.org:port/…'"),
        ("https://[::1/", "expected a web address, found 'https://[::1/…'"),
        (
            "https://exa mple.org/",
            "expected an address such as https://example.org/feed.xml, found 'https://exa mple.org/…'",
        ),
    ],
)
def test_a_feed_has_a_web_address(tmp_path: Path, url: str, says: str) -> None:
    (fault,) = _feed_faults(tmp_path, f"feeds:\n  - url: '{url}'\n")
    assert fault.startswith(f"feeds.yaml:2: feeds[0].url: {says}")
    assert "hunter2" not in fault


def test_feeds_of_one_name_are_refused_also_where_it_is_made_from_the_address(tmp_path: Path) -> None:
    text = "feeds:\n  - {url: 'https://a.org/x', id: a}\n  - {url: 'https://b.org/x', id: a}\n  - url: 'https://www.c.org/x'\n"
    text += "  - url: 'http://c.org/x'\n"
    assert _feed_faults(tmp_path, text) == [
        "feeds.yaml:3: feeds[1].id: 'a' is here twice, first in line 2",
        "feeds.yaml:5: feeds[3].id: 'c.org-x' is here twice, first in line 4",
    ]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.org/news/world/rss.xml", "example.org-news-world-rss.xml"),
        ("https://example.org", "example.org"),
        ("https://EXAMPLE.org:8443/a", "example.org-8443-a"),
        ("https://example.org/#part", "example.org"),
        ("https://example.org/%D8%A7/", "example.org-d8-a7"),
        ("https://[::1]:8080/feed", "1-8080-feed"),
    ],
)
def test_a_feed_without_a_name_gets_one(url: str, name: str) -> None:
    assert FeedSettings(url=url).feed().id == name


def test_the_name_made_from_an_address_tells_nothing_of_its_query() -> None:
    names = [
        FeedSettings(url=f"https://example.org/rss?token={token}").feed().id for token in ("hunter2", "opensesame")
    ]
    assert all(re.fullmatch(r"example\.org-rss-[0-9a-f]{8}", name) for name in names), names
    assert len(set(names)) == 2


@given(st.from_regex(r"[^\s/?#@:\[\]\\]+/\S*", fullmatch=True))
def test_the_name_made_from_an_address_is_always_one(rest: str) -> None:
    try:
        feed = FeedSettings(url=f"https://{rest}").feed()
    except ValidationError:
        return
    assert FeedSettings(url=feed.url, id=feed.id).feed() == feed


@pytest.mark.parametrize(
    "url", ["https://example.org/{}", "https://ежедневник{}.example/rss", "https://example.org/新聞{}"]
)
def test_addresses_whose_difference_a_name_cannot_show_have_different_names(url: str) -> None:
    names = {FeedSettings(url=url.format("long/" * 30 + ending)).feed().id for ending in ("а", "б", "a", "b")}
    names |= {FeedSettings(url=url.format(ending)).feed().id for ending in ("а", "б")}
    assert len(names) == 6
    assert max(map(len, names)) <= 64


def test_a_feed_is_the_noun_that_the_poller_knows(tmp_path: Path) -> None:
    text = (
        "feeds:\n  - url: https://www.example.org/rss\n    interval_seconds: 60\n    language: no\n    backlog: yes\n"
    )
    (feed,) = load_feed_file(write(tmp_path, feeds=text).with_name("feeds.yaml")).feeds
    assert feed.feed() == model.Feed(
        id="example.org-rss",
        url="https://www.example.org/rss",
        source="example.org",
        interval_seconds=60,
        language="no",
        backlog=True,
    )


@pytest.mark.parametrize("agent", ["a\\r\\nX: y", "a\\tb", "a\\x7f", "\\x85a", "", "  "])
def test_a_user_agent_is_one_line(tmp_path: Path, agent: str) -> None:
    (fault,) = _feed_faults(tmp_path, f'feeds:\n  - url: https://e.org/\n    user_agent: "{agent}"\n')
    assert fault.startswith("feeds.yaml:3: feeds[0].user_agent: expected a text of one line, found ")
