"""What is read: entries, articles, and what stands in them; the feeds they come by."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.extra import Extra


class Field(StrEnum):
    """The part of an article in which a hit stands."""

    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as a feed published it, its markup turned into text and nothing else changed."""

    id: str  # the publisher's guid; where it gave none, the link, or a hash of what there is. Never empty
    link: str | None = None
    title: str = ""
    text: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A normalised entry or seed. Its id does not depend on when it was read; an edit has another revision."""

    id: str
    revision: str  # hash of title and text
    source: str  # the outlet, as people know it
    title: str
    text: str
    url: str | None = None
    feed: str | None = None  # id of the feed it came by
    published_at: datetime | None = None
    first_seen_at: datetime
    date_assumed: bool = False  # published_at was not given but derived
    edited: bool = False  # a later revision of an article already published
    backlog: bool = False  # already in its feed when the feed was first seen
    cut: bool = False  # the text was longer than is kept
    language: str | None = None
    author: str | None = None
    corrects: str | None = None  # url or headline of what it says it corrects
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One term, place or concept at a span: `text` is exactly that slice of the article's field."""

    field: Field
    start: int
    end: int
    text: str
    what: str  # "raqqa", "place:Raqqa", "concept:evacuation": as the query says it
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source that is polled."""

    id: str
    url: str
    source: str
    interval_seconds: float = 300
    backlog: bool = False  # publish as news, not as backlog, what it holds at first sight
    user_agent: str | None = None
    language: str | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is remembered of a feed between polls.

    `seen` maps the first 16 digits of articles' ids to the first 8 of their last revision, those of the document last.
    `begun` maps likewise what was about to be published for the first time, and may have been.
    """

    feed: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    seen: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    begun: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    polled_at: datetime | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)
