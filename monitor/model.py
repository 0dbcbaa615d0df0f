"""The nouns of the program: frozen, slotted, and free of behaviour beyond what follows from their own fields.

Instants are aware datetimes in UTC. Offsets are in characters (code points) of the field as it stands in the article.
Every noun that travels keeps in `extra` the fields that a newer version wrote and this one does not know.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Extra = Mapping[str, Any]


class Field(StrEnum):
    """The part of an article in which a hit stands."""

    TITLE = "title"
    TEXT = "text"


class Decision(StrEnum):
    """What an article is in the eyes of one watch."""

    NEW = "new"  # first of its story
    COPY = "copy"  # the text of something told
    REPORT = "report"  # another report of a known event
    UPDATE = "update"  # something that matters changed or was added
    CORRECTION = "correction"  # it sets something told right
    KILL = "kill"  # it takes something told back


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
class WatchSettings:
    """What `story` needs to know of a watch: it travels with each match, so that `story` reads no other topic."""

    channels: tuple[str, ...] = ()
    alert_on: tuple[Decision, ...] = tuple(d for d in Decision if d is not Decision.COPY)
    window_days: float = 7
    origins: int = 1
    backlog: bool = False
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A saved query with its channels."""

    id: str
    query: str
    settings: WatchSettings = dataclasses.field(default_factory=WatchSettings)
    allow_all: bool = False
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchMatch:
    """One watch that an article satisfies; `hits` are positions in the hits of the Match (at most 50)."""

    watch: str
    version: str  # content hash of the watch
    hits: tuple[int, ...]
    settings: WatchSettings
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An article, its hits once, and all watches of one partition that it satisfies.

    `watches` is empty where an edit of an article (which need not hold a watch's words any more) is sent to every
    partition, so that those who were told hear of it.
    """

    article: Article
    hits: tuple[Hit, ...] = ()
    watches: tuple[WatchMatch, ...] = ()
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of one text stands in another, both ways, from 0 to 1."""

    new_in_old: float
    old_in_new: float
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that matters and differs between two reports; None = absent there."""

    kind: str  # "figure", "marker", …
    before: str | None
    after: str | None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What `story` decided of one article for one watch, and why: the row that its table keeps."""

    watch: str
    article: str
    revision: str
    decision: Decision
    told: bool  # sent to news.alerts
    story: str
    reason: str
    source: str
    title: str
    url: str | None = None
    event_at: datetime
    of: str | None = None  # id of the article it was judged against
    of_title: str | None = None
    of_source: str | None = None
    copy_of: str | None = None  # id of the earlier article whose text this one carries
    coverage: Coverage | None = None
    origin: str | None = None
    changes: tuple[Change, ...] = ()
    held: str | None = None  # why it is not told, as a bounded label: "copy", "backlog", "alert_on", "origins"
    settings: WatchSettings | None = None  # of the watch as it was judged: an edit may come without its watches
    expires_at: datetime | None = None  # event time from which the row is forgotten
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{self.watch}|{self.article}|{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What `story` remembers of the text of one article revision: one a partition, however many watches it has.

    `bigrams`, `terms` and `weights` are base64 of little-endian arrays: sorted 32-bit hashes of pairs of words, 32-bit
    hashes of the words that tell the event, and a byte for each of these.
    """

    article: str
    revision: str
    source: str
    title: str
    url: str | None = None
    event_at: datetime
    first_seen_at: datetime
    sequence: int  # its place in the order of the partition
    words: int  # length of the text
    size: int  # distinct pairs of words in it
    rate: int  # one in so many hashes is kept: a power of two
    bigrams: str
    figures: tuple[str, ...] = ()  # field, value, the word before, the word after, with "|" between
    marker: str | None = None  # "UPDATE 2", "CORRECTION", … as it stands at the start
    terms: str = ""
    weights: str = ""
    origin: str | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{self.article}|{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A decision not to tell, with its reason."""

    judgement: Judgement
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The decision to tell one channel; its id is the same under replay and another order of arrival."""

    id: str  # hash of watch, article and revision: shared by the channels it goes to
    channel: str
    judgement: Judgement
    loud: bool  # False: into the story's thread, no ping
    excerpt: str  # the sentences around the hits, of the article's text
    hits: tuple[Hit, ...]  # in `title` for field title; in `excerpt` for field text
    published_at: datetime | None = None
    date_assumed: bool = False
    first_seen_at: datetime | None = None  # of the article: what the latency of delivery counts from
    backlog: bool = False
    carried_by: tuple[str, ...] = ()  # outlets whose copies of this story were suppressed so far (the first 20)
    reported_by: tuple[str, ...] = ()  # outlets that reported the event themselves so far (the first 20)
    perhaps_repeated: bool = False  # set as it is sent: an earlier attempt may have reached the channel
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


class Fate(StrEnum):
    """How far an alert has come on one channel."""

    PENDING = "pending"  # taken over from news.alerts, its turn comes
    SENDING = "sending"  # asked of the destination; found in this state, it may have arrived or not
    SENT = "sent"
    DEAD = "dead"  # given up, its dead letter is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The fate of an alert on one channel; the alert itself goes along until that is settled."""

    channel: str
    alert: str  # its id
    fate: Fate
    taken_at: datetime  # when it was first pending: what its deadline counts from
    offset: int  # of its record in news.alerts
    attempts: int = 0
    replays: int = 0  # how often its dead letter had been replayed when it came
    doubtful: bool = False  # an attempt before this one may have arrived
    carried: Alert | None = None
    reason: str | None = None  # why it is dead
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The key of its row."""
        return f"{self.channel}|{self.alert}"


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
    """

    feed: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    seen: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    polled_at: datetime | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Raw bytes that could not be used, where they came from, and why."""

    value: bytes | None  # as they were; beyond the broker's record size the first part
    key: bytes | None
    stage: str  # "match", "story", "notify", "poll"
    error: str  # class and text of the error
    topic: str
    partition: int
    offset: int
    failed_at: datetime
    size_bytes: int  # of the whole original
    digest: str  # of the whole original
    attempts: int = 1  # how often it was replayed and failed again, plus one
    headers: tuple[tuple[str, bytes], ...] = ()  # of the original
    cut: tuple[str, ...] = ()  # which of "value", "key", "headers" are not whole
