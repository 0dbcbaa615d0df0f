"""One alert's way to its channel, in the memory of the worker that delivers it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import deadletters, topics, wire
from monitor.model import Alert, Delivery, Fate
from monitor.notify.offsets import Tenure
from monitor.records import Record


@dataclass(frozen=True, slots=True)
class Original:
    """The record in which an alert came, as far as the ledger knows it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    topic: str = topics.ALERTS.name


@dataclass(slots=True, eq=False)
class Errand:
    """A delivery under way: `delivery` is its newest row, `record` what its dead letter would hold."""

    delivery: Delivery
    alert: Alert
    record: Record
    tenure: Tenure
    deadline_at: float = 0.0  # these two in the lane's time
    due_at: float = 0.0

    @property
    def partition(self) -> int:
        """Where its rows are."""
        return self.record.partition

    def moved(self, fate: Fate, **changes: object) -> Delivery:
        """Its row after the next step; what is settled carries the alert no longer."""
        settled = fate in (Fate.SENT, Fate.DEAD)
        kept = None if settled else self.delivery.carried
        return dataclasses.replace(self.delivery, fate=fate, carried=kept, **changes)  # type: ignore[arg-type]


def taken(alert: Alert, record: Record, tenure: Tenure, now: datetime) -> Errand:
    """The errand of an alert that comes from news.alerts at this instant."""
    delivery = Delivery(
        channel=alert.channel,
        alert=alert.id,
        fate=Fate.PENDING,
        taken_at=now,
        offset=record.offset,
        replays=deadletters.attempts_before(record.headers),
        carried=alert,
    )
    return Errand(delivery, alert, record, tenure)


def found(delivery: Delivery, alert: Alert, partition: int, tenure: Tenure) -> Errand:
    """The errand that an earlier worker left in the ledger; one that it was sending may have arrived."""
    doubtful = delivery.doubtful or delivery.fate is Fate.SENDING
    attempts = ((deadletters.ATTEMPTS, str(delivery.replays).encode()),) if delivery.replays else ()
    record = Original(partition, delivery.offset, delivery.channel.encode(), wire.encode(alert), attempts)
    return Errand(dataclasses.replace(delivery, doubtful=doubtful), alert, record, tenure)
