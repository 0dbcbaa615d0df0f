"""Faust tables that are written by us and recovered by Faust: a row is in the changelog before it is in the table."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import faust
from faust.types import TP

from monitor import logs, metrics
from monitor.stream.stores import MemoryStore, Store

_MOST_AHEAD = 10_000  # acked offsets behind one that never was; more are given up


class RowTable(faust.Table[str, bytes]):
    """A table of small rows (bytes), keyed `partition|…`.

    The guard sends rows to the changelog by itself: it awaits their acks, which Faust does not, and hears of a row that
    the broker refuses, on which Faust's producer would crash. A recovery reads what lies behind the offset of `rows`;
    it comes in by `recover`, whole batches at a time, and not by Faust's way of one event after another.
    """

    def __init__(self, *args: Any, rows: Store | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As the guard sends them; Faust would read keys as JSON.
        self.key_serializer = self.value_serializer = "raw"
        self._rows = rows or MemoryStore()
        self._held: set[int] = set()
        self._acked: dict[str, int] = {}
        self._ahead: dict[int, set[int]] = {}
        self._recovered: set[int] = set()
        self._read = 0

    def partition_for_key(self, key: Any) -> int:
        """The partition of the changelog that a row goes to."""
        return partition_of(key)

    # Written by the guard

    def acked(self, key: str, offset: int) -> None:
        """The changelog has this row, at this offset; `write` comes next."""
        self._acked[key] = offset

    def write(self, key: str, row: bytes | None) -> None:
        """Set a row that the changelog has, or delete it where `row` is None.

        The offset follows only an unbroken run of our own: what another worker wrote in between is not in the table.
        """
        partition, at = partition_of(key), self._acked.pop(key, None)
        if partition not in self._held:
            return  # it was lost while this was under way; its new owner has read the row
        reached = self._rows.offset(self.name, partition)
        reached = -1 if reached is None else reached
        if at is not None and at <= reached:
            return  # a recovery has read past it, and may have found a newer row
        ahead = self._ahead.setdefault(partition, set())
        if at is not None:
            ahead.add(at)
        moved = reached
        while moved + 1 in ahead:
            moved += 1
            ahead.discard(moved)
        if len(ahead) > _MOST_AHEAD:
            ahead.clear()
        self._rows.write(self.name, partition, [(key, row)], moved if moved > reached else None)

    def rows_of(self, partition: int) -> list[bytes]:
        """The rows of one partition, in no order."""
        return self._rows.rows(self.name, partition)

    # Recovered by Faust

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Let go of the partitions that another worker owns now."""
        owned = {tp.partition for tp in assigned if tp.topic == self.changelog_topic_name}
        for partition in self._held - owned:
            self._rows.release(self.name, partition)
            self._recovered.add(partition)
        self._held = owned
        self._ahead.clear()

    def persisted_offset(self, tp: TP) -> int | None:
        """The last record that is in the table, with all before it."""
        return self._rows.offset(self.name, tp.partition)

    def rebuild_if_ahead(self, partition: int, last: int) -> bool:
        """Whether the rows are of another log than this one, which ends at `last`; then they are forgotten."""
        kept = self._rows.offset(self.name, partition)
        if kept is None or kept <= last:
            return False
        logs.logger("store").warning(
            "ahead of its changelog, read anew", table=self.name, partition=partition, kept=kept, changelog=last
        )
        self._rows.drop(self.name, partition)
        self._recovered.add(partition)
        return True

    def recover(self, partition: int, records: Sequence[Any]) -> None:
        """Take over records of the changelog, in their order; one under a key that is not ours is no row."""
        ours = f"{partition}|".encode()
        kept = [record for record in records if _is_key(record.key, ours)]
        rows = {record.key.decode(): record.value for record in kept}
        if foreign := len(records) - len(kept):
            metrics.rows_ignored.labels(self.changelog_topic_name, "foreign").inc(foreign)
            logs.logger("store").warning("not our rows", table=self.name, partition=partition, records=foreign)
        self._rows.write(self.name, partition, rows.items(), records[-1].offset)
        self._recovered.add(partition)
        self._read += len(records)

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """What Faust hands over is here already."""

    def take_recovered(self) -> Collection[int]:
        """The partitions whose rows came or went by a recovery since this was asked last."""
        recovered, self._recovered = self._recovered, set()
        return recovered

    def take_read(self) -> int:
        """How many records of the changelog came in since this was asked last."""
        read, self._read = self._read, 0
        return read


def partition_of(key: str) -> int:
    """The partition in a row's key."""
    return int(key.partition("|")[0])


def _is_key(key: bytes | None, ours: bytes) -> bool:
    """Whether the guard can have written it: it begins with the partition and is UTF-8."""
    if key is None or not key.startswith(ours):
        return False
    try:
        key.decode()
    except UnicodeDecodeError:
        return False
    return True
