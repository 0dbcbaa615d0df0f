"""What happened in a run: what was published, what every topic holds, what was accepted, and who died when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from monitor import cluster, topics, wire
from monitor.kafka import Connection
from monitor.model import Alert, Article, Match, Suppressed

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Logged(Generic[T]):
    """One record of a topic; `at` in seconds since 1970."""

    partition: int
    offset: int
    at: float
    value: T


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A destination took an alert; `marked` = it says of itself that it may be a repeat."""

    channel: str
    watch: str
    token: str
    at: float
    marked: bool = False
    cut_off: bool = False  # the sender was not told that it was accepted


@dataclass(frozen=True, slots=True)
class Death:
    """The end of a process; `kind` says who ended it: kill, term, leave, step NAME, or itself."""

    role: str
    worker: str
    kind: str
    code: int
    at: float
    worked: bool = True  # it had handled records, and did so a moment before
    last_words: str = ""

    @property
    def violent(self) -> bool:
        """Whether it had no chance to put anything in order."""
        return self.kind == "kill" or self.kind.startswith("step")


@dataclass(frozen=True, slots=True)
class Outage:
    """The broker was killed or frozen; from and until, in seconds since 1970."""

    kind: str
    begun_at: float
    ended_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that a verdict rests on. Tokens name reports, one for each revision."""

    wanted: frozenset[str]  # were shown to the end, or acked
    aborted: frozenset[str]  # were written in transactions that were aborted
    old: frozenset[str] = frozenset()  # stood in a feed when it was first seen
    shown_at: Mapping[str, float] = field(default_factory=dict)
    articles: Sequence[Logged[Article]] = ()
    matches: Sequence[Logged[Match]] = ()
    alerts: Sequence[Logged[Alert]] = ()
    suppressed: Sequence[Logged[Suppressed]] = ()
    deadletters: Sequence[str] = ()
    accepted: Sequence[Acceptance] = ()
    behind: Mapping[str, int] = field(default_factory=dict)  # topic, partition → records behind the last commit
    deaths: Sequence[Death] = ()
    outages: Sequence[Outage] = ()


async def read_topics(connection: Connection) -> dict[str, Any]:
    """The fields of a History that are topics, each in the order of its partitions."""
    letters = [record async for record in cluster.read_all(connection, topics.DEADLETTERS.name)]
    return {
        "articles": await _read(connection, topics.ARTICLES, Article),
        "matches": await _read(connection, topics.MATCHES, Match),
        "alerts": await _read(connection, topics.ALERTS, Alert),
        "suppressed": await _read(connection, topics.SUPPRESSED, Suppressed),
        "deadletters": [f"{dict(record.headers)}" for record in letters],
    }


async def behind(connection: Connection, groups: Mapping[str, str]) -> dict[str, int]:
    """How many records stand behind the commit of their group, partition by partition; markers do not count."""
    found = {}
    for (topic, partition), lag in (await cluster.lags(connection, groups)).items():
        if lag.waiting:
            first = max(lag.start, lag.committed)
            records = [r async for r in cluster.read_all(connection, topic) if r.partition == partition]
            if count := sum(record.offset >= first for record in records):
                found[f"{topic} {partition}"] = count
    return found


async def _read(connection: Connection, topic: topics.Topic, kind: type[T]) -> list[Logged[T]]:
    return [
        Logged(record.partition, record.offset, record.timestamp / 1000, wire.decode(record.value, kind))
        async for record in cluster.read_all(connection, topic.name)
    ]
