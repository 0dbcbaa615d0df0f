"""Which texts bear a name: an open-addressed table of (hash of the name, slot), eight bytes an entry.

A hash may be shared: who asks compares the names themselves.
"""

from array import array

import numpy as np

from monitor.core.stories.arena import Slots

_SMALLEST = 1024
_FULL = 0.6  # of the table, from which it grows


class Names:
    """Name → slots."""

    def __init__(self) -> None:
        self._table, self._count = array("Q", bytes(8 * _SMALLEST)), 0

    def add(self, kind: str, name: str, slot: int) -> None:
        """This slot bears the name."""
        if self._count > _FULL * len(self._table):
            self._refill(2 * len(self._table), [entry for entry in self._table if entry])
        self._put((_hash(kind, name) << 32) | (slot + 1))

    def find(self, kind: str, name: str) -> list[int]:
        """The slots that may bear the name, in their order."""
        code, mask = _hash(kind, name), len(self._table) - 1
        found, at = [], code & mask
        while entry := self._table[at]:
            if entry >> 32 == code:
                found.append((entry & 0xFFFFFFFF) - 1)
            at = (at + 1) & mask
        return sorted(found)

    def keep(self, renumbered: Slots) -> None:
        """Give each slot its new number; leave out those whose new number is -1."""
        entries = np.frombuffer(self._table, np.uint64)
        entries = entries[entries != 0]
        slots = renumbered[(entries & np.uint64(0xFFFFFFFF)).astype(np.int64) - 1]
        held = slots >= 0
        kept = (entries[held] >> np.uint64(32) << np.uint64(32)) | (slots[held] + 1).astype(np.uint64)
        size = _SMALLEST
        while len(kept) > _FULL * size:
            size *= 2
        self._refill(size, kept.tolist())

    def _refill(self, size: int, entries: list[int]) -> None:
        self._table, self._count = array("Q", bytes(8 * size)), 0
        for entry in entries:
            self._put(entry)

    def _put(self, entry: int) -> None:
        mask = len(self._table) - 1
        at = (entry >> 32) & mask
        while self._table[at]:
            at = (at + 1) & mask
        self._table[at] = entry
        self._count += 1


def _hash(kind: str, name: str) -> int:
    return hash((kind, name)) & 0xFFFFFFFF
