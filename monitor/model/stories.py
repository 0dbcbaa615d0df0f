"""What is decided: the judgement of an article for a watch, and what is remembered for the next."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.extra import Extra
from monitor.model.watches import Decision, WatchSettings


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
    ruling: str | None = None  # id of the ruling that put it, or what it was judged against, into its story
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
    feed: str | None = None
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
    vocabulary: str = ""  # hashes of all words that say something, as `terms` are
    turns: int = 0  # how many words turn round what they stand with: "not", "denies"
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


class RulingKind(StrEnum):
    """What a person rules of a story."""

    SPLIT = "split"  # an article, with its copies, is a story of its own
    MERGE = "merge"  # a story belongs to another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's word on the stories of a watch; it stands in the watch's partition of news.matches."""

    id: str  # from what it says: the same ruling twice is one
    action: RulingKind
    watch: str
    story: str  # the one that is split, or that goes into another
    article: str | None = None  # that leaves it, in a split
    into: str | None = None  # the story that takes it in, in a merge
    made_at: datetime | None = None
    extra: Extra = dataclasses.field(default_factory=dict, hash=False)
