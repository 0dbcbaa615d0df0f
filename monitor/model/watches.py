"""What is wanted: watches, and the matches that satisfy them."""

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from monitor.model.articles import Article, Hit
from monitor.model.extra import Extra


class Decision(StrEnum):
    """What an article is in the eyes of one watch."""

    NEW = "new"  # first of its story
    COPY = "copy"  # the text of something told
    REPORT = "report"  # another report of a known event
    UPDATE = "update"  # something that matters changed or was added
    CORRECTION = "correction"  # it sets something told right
    KILL = "kill"  # it takes something told back


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
class OwnPlace:
    """A user's own place, or more spellings or exclusions for a known one."""

    name: str
    geonames_id: int | None = None
    spellings: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()  # phrases in which the name is no place: "Paris Hilton"
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where an outlet is at home: a name of a town there, and no more said, is taken for that one."""

    outlet: str
    place: str  # as queries name places
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """A user's own list of wordings, or more of them for a shipped one."""

    name: str
    wordings: tuple[str, ...]
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A watch is gone, and its stories with it; it stands in the watch's partition of news.matches."""

    watch: str
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
    watches_offset: int | None = None  # of the last record of news.watches that the set had; None = it came from a file
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)
