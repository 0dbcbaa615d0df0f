"""What is told: alerts, their fate, and the records that could not be handled."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.articles import Hit
from monitor.model.extra import Extra
from monitor.model.stories import Judgement


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
    outlets: int = 0  # that carry the story so far, this one among them; 0 = not counted
    originals: tuple[str, ...] = ()  # who reported it independently: agencies, or outlets themselves (the first 20)
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
