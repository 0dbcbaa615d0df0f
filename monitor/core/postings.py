"""Which articles hold a hash: sorted segments of (hash, slot), merged when they are alike in size, as an LSM tree does.

A slot is the position of an article in memory. What is dropped disappears from every answer at once, and from the
segments when they are merged: so an answer depends on what is held, never on the order in which it came.
"""

import numpy as np
import numpy.typing as npt

from monitor.core.shingles import Hashes

Slots = npt.NDArray[np.int64]
_Segment = npt.NDArray[np.uint64]  # hash << 32 | slot, sorted

BUFFERED = 4096  # entries that wait unsorted before they become a segment


class Postings:
    """Hash → slots."""

    def __init__(self) -> None:
        self._segments: list[_Segment] = []
        self._buffer: list[_Segment] = []
        self._buffered = 0

    def add(self, slot: int, hashes: Hashes) -> None:
        """Hold these hashes for a slot."""
        self._buffer.append((hashes.astype(np.uint64) << np.uint64(32)) | np.uint64(slot))
        self._buffered += len(hashes)
        if self._buffered >= BUFFERED:
            self._flush()

    def find(self, hashes: Hashes, alive: npt.NDArray[np.bool_], limit: int) -> tuple[Hashes, Slots]:
        """Hash and slot of each living entry of these hashes, but for hashes with more than `limit` of them."""
        if self._buffer:
            self._flush()
        wanted = hashes.astype(np.uint64) << np.uint64(32)
        found = [_slice(segment, wanted) for segment in self._segments]
        entries = np.concatenate(found) if found else np.empty(0, np.uint64)
        slots = (entries & np.uint64(0xFFFFFFFF)).astype(np.int64)
        living = alive[slots]
        entries, slots = entries[living], slots[living]
        keys = (entries >> np.uint64(32)).astype(np.uint32)
        _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        rare = counts[inverse] <= limit
        return keys[rare], slots[rare]

    def _flush(self) -> None:
        segment = np.sort(np.concatenate(self._buffer))
        self._buffer, self._buffered = [], 0
        while self._segments and len(self._segments[-1]) <= 2 * len(segment):
            segment = np.sort(np.concatenate((self._segments.pop(), segment)), kind="stable")
        self._segments.append(segment)


def _slice(segment: _Segment, wanted: _Segment) -> _Segment:
    """The entries of a segment whose hash is one of these."""
    starts = np.searchsorted(segment, wanted)
    lengths = np.searchsorted(segment, wanted + np.uint64(0xFFFFFFFF), side="right") - starts
    held = lengths > 0
    starts, lengths = starts[held], lengths[held]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    entries: _Segment = segment[np.repeat(starts, lengths) + within]
    return entries
