"""Faust tables that are written by us and recovered by Faust: a row is in the changelog before it is in the table."""

from typing import Any

import faust


class RowTable(faust.Table[str, bytes]):
    """A table of small rows (bytes), keyed `partition|…`.

    The guard sends rows to the changelog by itself: it awaits their acks, which Faust does not, and hears of a row that
    the broker refuses, on which Faust's producer would crash.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As the guard sends them; Faust would read keys as JSON.
        self.key_serializer = self.value_serializer = "raw"

    def partition_for_key(self, key: Any) -> int:
        """The partition of the changelog that a row goes to."""
        return partition_of(key)

    def write(self, key: str, row: bytes | None) -> None:
        """Set a row that the changelog has, or delete it where `row` is None."""
        if row is None:
            self.data.pop(key, None)
        else:
            self.data[key] = row

    def rows_of(self, partition: int) -> list[bytes]:
        """The rows of one partition, in no order."""
        return [row for key, row in self.data.items() if partition_of(key) == partition]

    def forget_all_but(self, partitions: set[int]) -> None:
        """Drop the rows of partitions that another worker owns now.

        The memory store itself drops only keys that it read from the changelog, not those it was given here.
        """
        for key in [key for key in self.data if partition_of(key) not in partitions]:
            del self.data[key]


def partition_of(key: str) -> int:
    """The partition in a row's key."""
    return int(key.partition("|")[0])
