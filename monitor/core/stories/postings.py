"""Which articles hold a hash: a young table, and sorted segments of (hash, slot), merged as an LSM tree does.

A slot is the position of an article in memory. What is dropped disappears from every answer at once, and from the
segments when they are renumbered: so an answer depends on what is held, never on the order in which it came.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from monitor.core.reports.words import Hashes
from monitor.core.stories.arena import Slots

_Segment = npt.NDArray[np.uint64]  # hash << 32 | slot, sorted

YOUNG = 1 << 16  # entries that wait in the young table before they become a segment
_PLACES = 1 << 20  # of a table that says of most hashes that the young table has them not
_PLACE = np.uint32(_PLACES - 1)
FANOUT = 4  # a segment less than so many times as large as the next is merged with it
_SLOT = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_NOWHERE = np.empty(0, np.int64)
_NONE = array("q")
_Young: TypeAlias = "defaultdict[int, array[int]]"


class Postings:
    """Hash → slots."""

    def __init__(self, young: int = YOUNG) -> None:
        self._most = young
        self._segments: list[_Segment] = []
        self._young: _Young = defaultdict(_slots)
        self._may_be_young = np.zeros(_PLACES, np.bool_)  # in the place of each hash of the young table
        self._waiting = 0

    def add(self, slot: int, hashes: Hashes) -> None:
        """Hold these hashes for a slot."""
        young = self._young
        for code in hashes.tolist():
            young[code].append(slot)
        self._may_be_young[hashes & _PLACE] = True
        self._waiting += len(hashes)
        if self._waiting >= self._most:
            self._flush()

    def add_all(self, many: Sequence[tuple[int, Hashes]]) -> None:
        """Hold the hashes of many slots at once, as `add` would one by one."""
        if not many:
            return
        slots = np.repeat(
            np.array([slot for slot, _ in many], np.uint64), np.array([len(hashes) for _, hashes in many], np.int64)
        )
        codes = np.concatenate([hashes for _, hashes in many]).astype(np.uint64)
        self._push(np.sort((codes << _SHIFT) | slots))

    def find(self, hashes: Hashes, alive: npt.NDArray[np.bool_]) -> tuple[Slots, Slots]:
        """For each living entry of these sorted hashes the position of its hash among them, and its slot."""
        if not self._segments and not self._young:
            return _NOWHERE, _NOWHERE
        found = [self._find_young(hashes), *(_find_in(segment, hashes) for segment in self._segments)]
        which, slots = (np.concatenate(part) for part in zip(*found, strict=True))
        living = alive[slots]
        return which[living], slots[living]

    def keep(self, renumbered: Slots) -> None:
        """Give each slot its new number, in the same order; leave out those whose new number is -1."""
        if self._young:
            self._flush()
        self._segments = [kept for segment in self._segments if len(kept := _renumbered(segment, renumbered))]

    def _find_young(self, hashes: Hashes) -> tuple[Slots, Slots]:
        likely = self._may_be_young[hashes & _PLACE].nonzero()[0]
        held = [self._young.get(code, _NONE) for code in hashes[likely].tolist()]
        return np.repeat(likely, [len(slots) for slots in held]), np.frombuffer(b"".join(held), np.int64)

    def _flush(self) -> None:
        codes = np.repeat(
            np.fromiter(self._young, np.uint64, len(self._young)),
            np.fromiter(map(len, self._young.values()), np.int64, len(self._young)),
        )
        slots = np.frombuffer(b"".join(self._young.values()), np.uint64)
        self._young, self._waiting = defaultdict(_slots), 0
        self._may_be_young[:] = False
        self._push(np.sort((codes << _SHIFT) | slots))

    def _push(self, segment: _Segment) -> None:
        while self._segments and len(self._segments[-1]) < FANOUT * len(segment):
            segment = np.sort(np.concatenate((self._segments.pop(), segment)), kind="stable")
        self._segments.append(segment)


def _slots() -> "array[int]":
    return array("q")


def _find_in(segment: _Segment, hashes: Hashes) -> tuple[Slots, Slots]:
    """Position and slot of the entries of a segment whose hash is one of these."""
    wanted = hashes.astype(np.uint64) << _SHIFT
    starts = np.searchsorted(segment, wanted)
    held = np.flatnonzero(segment[np.minimum(starts, len(segment) - 1)] ^ wanted <= _SLOT)
    starts = starts[held]
    lengths = np.searchsorted(segment, wanted[held] | _SLOT, side="right") - starts
    held, starts, lengths = held[lengths > 0], starts[lengths > 0], lengths[lengths > 0]
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    entries = segment[np.repeat(starts, lengths) + within]
    return np.repeat(held, lengths), (entries & _SLOT).astype(np.int64)


def _renumbered(segment: _Segment, renumbered: Slots) -> _Segment:
    slots = renumbered[(segment & _SLOT).astype(np.int64)]
    held = slots >= 0
    kept: _Segment = (segment[held] & ~_SLOT) | slots[held].astype(np.uint64)
    return kept
