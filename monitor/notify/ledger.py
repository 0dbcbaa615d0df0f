"""The ledger: the fate of each alert on each channel, so that none is lost and none told twice without saying so.

::

    pending ──► sending ──► sent
       ▲           │  └───► dead        its dead letter written first
       └───────────┘  refused for now

Each row is acked by the broker before the step that it allows. Rows that are not settled carry the alert: where the
topic is compacted, the newest row of a key is all that is left.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Protocol

from monitor import compacted, wire
from monitor.errors import WireError
from monitor.model import Delivery, Fate
from monitor.records import Record

REMEMBERED_DAYS = 30  # as long as news.deliveries is kept, and twice as long as news.alerts
SETTLED = (Fate.SENT, Fate.DEAD)

Read = Callable[[int, int], AsyncIterator[Record]]  # what a partition of news.deliveries holds, from an offset on
Write = Callable[[int, str, bytes], Awaitable[None]]  # partition, key, row; acked when it returns
Bury = Callable[[Record, Exception], Awaitable[None]]


class Ledger(Protocol):
    """Remembers what became of alerts, by the partition of news.alerts in which they lie."""

    async def open(self, partition: int) -> Sequence[Delivery]:
        """Learn what others recorded of a partition; its deliveries that are not settled, in the order of the alerts.

        Raises BrokerError where trying again can help.
        """

    def fate(self, partition: int, delivery: Delivery) -> Fate | None:
        """What is recorded of this delivery; None where it is to be taken over: it is new, or was replayed since."""

    async def record(self, partition: int, delivery: Delivery) -> None:
        """Return once this is durable; waits as long as the broker is away. Raises BrokerRefused."""


class Shelf:
    """The rows of one partition: those that are not settled in full, of the others 16 bytes each."""

    def __init__(self) -> None:
        self._open: dict[str, Delivery] = {}
        self._sent: dict[int, set[bytes]] = {}  # day → digests of keys
        self._dead: dict[bytes, int] = {}  # digest → replays

    @property
    def unsettled(self) -> Sequence[Delivery]:
        """In the order of the alerts."""
        return sorted(self._open.values(), key=lambda delivery: delivery.offset)

    def fate(self, delivery: Delivery) -> Fate | None:
        """What is recorded of this delivery; a dead one that was replayed since is as good as new."""
        known = self._open.get(delivery.key)
        return self._settled(_digest(delivery.key), delivery.replays) or (known.fate if known else None)

    def apply(self, delivery: Delivery) -> None:
        """Put a row in its place. What is settled stays so: a worker that lost its partition may write late."""
        digest = _digest(delivery.key)
        if self._settled(digest, delivery.replays):
            return
        if delivery.fate not in SETTLED:
            # An alert that came twice keeps the place of the first, or later ones of its story would be told before it.
            known = self._open.get(delivery.key, delivery)
            self._open[delivery.key] = replace(delivery, offset=min(known.offset, delivery.offset))
            return
        self._open.pop(delivery.key, None)
        if delivery.fate is Fate.DEAD:
            self._dead[digest] = delivery.replays
        else:
            self._remember(digest, delivery.taken_at.toordinal())

    def forget(self, key: str) -> None:
        """The row was removed."""
        digest = _digest(key)
        self._open.pop(key, None)
        self._dead.pop(digest, None)
        for day in self._sent.values():
            day.discard(digest)

    def _settled(self, digest: bytes, replays: int) -> Fate | None:
        if any(digest in day for day in self._sent.values()):
            return Fate.SENT
        return Fate.DEAD if self._dead.get(digest, -1) >= replays else None

    def _remember(self, digest: bytes, day: int) -> None:
        if day not in self._sent:
            newest = max(day, *self._sent) if self._sent else day
            self._sent = {known: keys for known, keys in self._sent.items() if known >= newest - REMEMBERED_DAYS}
            self._sent[day] = set()
        self._sent[day].add(digest)


class MemoryLedger:
    """A ledger that ends with the process."""

    def __init__(self) -> None:
        self._shelves: dict[int, Shelf] = defaultdict(Shelf)

    async def open(self, partition: int) -> Sequence[Delivery]:
        """What was recorded and is not settled."""
        return self._shelves[partition].unsettled

    def fate(self, partition: int, delivery: Delivery) -> Fate | None:
        """What is recorded of this delivery."""
        return self._shelves[partition].fate(delivery)

    async def record(self, partition: int, delivery: Delivery) -> None:
        """Remember this."""
        self._shelves[partition].apply(delivery)


class TopicLedger:
    """The ledger in news.deliveries.

    What was read of a partition is kept when it goes to another worker, and read on from there when it comes back. So
    nothing is lost on the embedded broker either, which drops old rows: there this process wrote all that ever was.
    """

    def __init__(self, read: Read, write: Write, bury: Bury) -> None:
        """`bury` gets rows that cannot be read."""
        self._read, self._write, self._bury = read, write, bury
        self._shelves: dict[int, Shelf] = defaultdict(Shelf)
        self._next: dict[int, int] = defaultdict(int)  # partition → offset from which to read on

    async def open(self, partition: int) -> Sequence[Delivery]:
        """Read on to the end of the partition. Raises BrokerError."""
        shelf, following = self._shelves[partition], self._next[partition]
        records = self._read(partition, following)
        async for record, key, delivery in compacted.rows(records, Delivery, _sound_key, self._bury):
            if delivery is None:
                shelf.forget(key)
            else:
                shelf.apply(delivery)
            following = record.offset + 1
        self._next[partition] = following
        return shelf.unsettled

    def fate(self, partition: int, delivery: Delivery) -> Fate | None:
        """What is recorded of this delivery, as far as was read and written here."""
        return self._shelves[partition].fate(delivery)

    async def record(self, partition: int, delivery: Delivery) -> None:
        """Return once the broker has acked the row. Raises BrokerRefused."""
        await self._write(partition, delivery.key, wire.encode(delivery))
        self._shelves[partition].apply(delivery)


def _sound_key(delivery: Delivery) -> str:
    """The key of a row. Raises WireError where the alert is missing that it should carry."""
    if delivery.fate not in SETTLED and delivery.carried is None:
        raise WireError(f"the row says {delivery.fate} and carries no alert")
    return delivery.key


def _digest(key: str) -> bytes:
    return blake2b(key.encode(errors="surrogatepass"), digest_size=16).digest()
