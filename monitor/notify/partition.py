"""A partition of news.alerts while it is ours, and the part of a consumer that the worker uses."""

from collections import deque
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiokafka import TopicPartition

from monitor.errors import MonitorError
from monitor.model import Alert
from monitor.notify.offsets import Offsets, Ticket
from monitor.records import Record


class Consumer(Protocol):
    """The part of aiokafka's consumer that is used."""

    def getmany(self, *, timeout_ms: int, max_records: int) -> Awaitable[Mapping[TopicPartition, Sequence[Any]]]:
        """Records by partition; nothing when none came in time."""

    def commit(self, offsets: Mapping[TopicPartition, int]) -> Awaitable[None]:
        """Keep these as the offsets from which the next worker reads."""

    def pause(self, *partitions: TopicPartition) -> None:
        """Give out no more records of these."""

    def resume(self, *partitions: TopicPartition) -> None:
        """Give out records of these again."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A record with what was read from it, or why nothing could be."""

    record: Record
    content: Alert | MonitorError
    ticket: Ticket


@dataclass(slots=True)
class Partition:
    """What is known of one partition while it is ours."""

    offsets: Offsets = field(default_factory=Offsets)
    backlog: deque[Parcel] = field(default_factory=deque)
    opened: bool = False  # its ledger is read
    paused: bool = False
    through: int | None = None
    committed: int | None = None


def waves(ready: Sequence[tuple[Alert, Parcel]]) -> Iterator[list[tuple[Alert, Parcel]]]:
    """The same in order, in lists none of which has an alert twice: the second must see what became of the first."""
    while ready:
        first: dict[tuple[str, str], Parcel] = {}
        for alert, parcel in ready:
            first.setdefault((alert.channel, alert.id), parcel)
        wave = {id(parcel) for parcel in first.values()}
        yield [(alert, parcel) for alert, parcel in ready if id(parcel) in wave]
        ready = [(alert, parcel) for alert, parcel in ready if id(parcel) not in wave]
