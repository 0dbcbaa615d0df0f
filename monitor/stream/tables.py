"""Faust tables whose rows are known to be in the changelog before the record that wrote them counts as handled."""

import asyncio
from typing import Any

import faust


class RowTable(faust.Table[str, bytes]):
    """A table of small rows (bytes), keyed `partition|…`: Faust asks for the event in hand, we know the partition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unacked: list[Any] = []

    def partition_for_key(self, key: Any) -> int:
        """The partition of the changelog that a row goes to."""
        return partition_of(key)

    def send_changelog(self, *args: Any, **kwargs: Any) -> Any:
        """Send a change to the changelog, and keep its future for `acked`."""
        future = super().send_changelog(*args, **kwargs)
        self._unacked.append(future)
        return future

    def write(self, key: str, row: bytes | None) -> None:
        """Set a row, or delete it where `row` is None."""
        if row is not None:
            self[key] = row
        elif key in self:
            del self[key]

    async def acked(self) -> None:
        """Return once the broker has every row written so far. Raises what the broker said if it refused one."""
        futures, self._unacked = self._unacked, []
        await asyncio.gather(*futures)

    def rows_of(self, partition: int) -> list[bytes]:
        """The rows of one partition, in no order."""
        return [row for key, row in self.data.items() if partition_of(key) == partition]

    def forget_all_but(self, partitions: set[int]) -> None:
        """Drop the rows of partitions that another worker owns now, without a word to the changelog.

        The memory store itself drops only keys that it read from the changelog, not those it was given here.
        """
        for key in [key for key in self.data if partition_of(key) not in partitions]:
            del self.data[key]


def partition_of(key: str) -> int:
    """The partition in a row's key."""
    return int(key.partition("|")[0])
