"""What people say to a running system: the watches they want, and what they rule of stories.

Of watches, what is there is compared with what is wanted, and the difference is sent.

::

    read news.watches → changes → write them → wait until every worker has them in use → removals to news.matches
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer

from monitor import cluster, kafka, topics, wire
from monitor.errors import BrokerError
from monitor.kafka import Connection
from monitor.model import Removal, Ruling
from monitor.watchfile import WatchFile
from monitor.watchlist import Changes, Saved, Watchlist, changes, saved_of
from monitor.workers import offsets_in_use

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.2
_AT_ONCE = 1000  # sends under way


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written, and which workers have it in use; `late` do not have it yet."""

    changes: Changes
    offset: int
    workers: int
    late: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """For people."""
        made = self.changes
        counts = f"{len(made.added)} added, {len(made.changed)} changed, {len(made.removed)} removed"
        if self.late:
            use = (
                f"not in use yet by {', '.join(self.late[:5])} ({len(self.late)} of {self.workers} workers): see"
                " what its /healthz says; one whose configuration names a file of watches keeps to that"
            )
        else:
            use = f"in use by {self.workers} workers" if self.workers else "no worker runs: they are used when one does"
        return f"{counts}, {made.unchanged} as before; {use}"


async def saved(connection: Connection) -> Watchlist:
    """What news.watches holds. Raises BrokerError."""
    held = Watchlist()
    async for record in cluster.read_all(connection, topics.WATCHES.name):
        held.take(record)
    return held


async def apply(connection: Connection, file: WatchFile, wait_seconds: float = WAIT_SECONDS) -> Applied:
    """Make news.watches say what this file says, and wait until it is in use. Raises BrokerError, BrokerRefused."""
    held = await saved(connection)
    return await _write(connection, held, saved_of(file), wait_seconds)


async def remove(connection: Connection, ids: list[str], wait_seconds: float = WAIT_SECONDS) -> Applied:
    """Remove watches by their ids, and wait until no worker has them in use. Raises BrokerError."""
    held = await saved(connection)
    gone = {f"watch|{name}" for name in ids}
    return await _write(
        connection, held, {key: noun for key, noun in held.saved.items() if key not in gone}, wait_seconds
    )


async def send_ruling(connection: Connection, ruling: Ruling) -> None:
    """Put a ruling into the order of its watch's partition. Raises BrokerError, BrokerRefused."""
    partitions = len(await cluster.partitions(connection, topics.MATCHES.name))
    place = topics.partition_of(ruling.watch, partitions)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        await _send(producer, [(topics.MATCHES.name, ruling.watch.encode(), wire.encode(ruling), place)])


async def _write(connection: Connection, held: Watchlist, wanted: Mapping[str, Saved], wait_seconds: float) -> Applied:
    made = changes(held.saved, wanted)
    async with kafka.started(kafka.producer(connection), connection) as producer:
        offset = held.offset
        records = [(topics.WATCHES.name, key.encode(), value, 0) for key, value in made.records()]
        if records:
            offset = await _send(producer, records)
        found, late = await _until_in_use(connection, offset, wait_seconds)
        # Only now: until then a worker may still send matches of a watch that is gone, which would bring it back. What
        # one brings back that is late all the same goes when its window is over.
        await _send(producer, await _removals(connection, made.removed_watches))
    return Applied(made, offset, found, late)


async def _removals(connection: Connection, ids: list[str]) -> list[tuple[str, bytes, bytes, int]]:
    if not ids:
        return []
    partitions = len(await cluster.partitions(connection, topics.MATCHES.name))
    name = topics.MATCHES.name
    return [
        (name, watch.encode(), wire.encode(Removal(watch=watch)), topics.partition_of(watch, partitions))
        for watch in ids
    ]


async def _send(producer: AIOKafkaProducer, records: Sequence[tuple[str, bytes, bytes | None, int]]) -> int:
    """Send records in their order; the offset of the last."""
    offset = -1
    for begin in range(0, len(records), _AT_ONCE):
        sending = [
            kafka.send(producer, topic, key, value, partition=partition)
            for topic, key, value, partition in records[begin : begin + _AT_ONCE]
        ]
        offset = int((await asyncio.gather(*sending))[-1].offset)
    return offset


async def _until_in_use(connection: Connection, offset: int, seconds: float) -> tuple[int, tuple[str, ...]]:
    """How many workers there are, and which of them do not have this record in use after so long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            found = await offsets_in_use(connection)
        except BrokerError:
            if asyncio.get_running_loop().time() > deadline:
                raise
            found = None
        if found is not None:
            late = tuple(member for member, reached in found.items() if reached < offset)
            if not late or asyncio.get_running_loop().time() > deadline:
                return len(found), late
        await asyncio.sleep(LOOK_SECONDS)
