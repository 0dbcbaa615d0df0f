"""Watches filed under pairs of leaves, both of which an article meets where it can satisfy the watch.

In a posting, n ≥ 0 is a watch that the pair satisfies, and ~n one to be evaluated. A watch that needs one leaf alone is
filed under that leaf twice. Pairs of words are columns of one table, since of a common word there are many to be
compared with what the article has; those with a place are looked up, since an article names few.
"""

from array import array
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Postings:
    """The watches of a layer as they were filed. Nothing changes in it once it is made."""

    leaves: int  # how many the layer has
    always: Sequence[int]  # watches that need no word and no place, as a posting
    pairs: NDArray[np.int32]  # of words, in rows: first leaf, second leaf, leaf that spoils it or `leaves`, posting
    columns: Mapping[int, slice]  # of the pairs, by their first leaf
    by_place: Mapping[int, Mapping[int, Sequence[int]]]  # by a leaf and that of a place
    place_first: bool  # whether any watch is found by places alone

    def of_words(self, shown: Set[int], sure: Set[int], facts: Mapping[int, bool]) -> list[int]:
        """What is filed under the pairs of words that are met; what is shown, yet not sure, is asked of the facts."""
        firsts = self.columns.keys() & shown
        if not firsts:
            return []
        met = np.zeros(self.leaves + 1, np.bool_)
        met[list(shown)] = True
        found = np.concatenate([self.pairs[:, self.columns[first]] for first in firsts], axis=1)
        found = found.compress(met.take(found[1]), axis=1)
        if doubtful := shown - sure:
            asked = np.zeros_like(met)
            asked[found[:2]] = True
            met[[leaf for leaf in doubtful if asked[leaf] and not facts[leaf]]] = False
            found = found.compress(met.take(found[0]) & met.take(found[1]), axis=1)
        kept: list[int] = found[3].compress(~met.take(found[2])).tolist()
        return kept


class Filing:
    """Postings in the making."""

    def __init__(self) -> None:
        self._always: list[int] = []
        self._pairs = array("i"), array("i"), array("i"), array("i")
        self._by_place: dict[int, dict[int, list[int]]] = {}
        self._place_first = False

    def always(self, posted: int) -> None:
        """File what any article could satisfy."""
        self._always.append(posted)

    def words(self, first: int, second: int, posted: int, unless: int | None = None) -> None:
        """File under two leaves of words; `unless` is one that the scanner tells all of, and that spoils it."""
        for row, value in zip(self._pairs, (first, second, -1 if unless is None else unless, posted), strict=True):
            row.append(value)

    def place(self, first: int, place: int, posted: int, *, alone: bool) -> None:
        """File under a leaf and that of a place; `alone` = the first is a place too."""
        self._place_first |= alone
        self._by_place.setdefault(first, {}).setdefault(place, []).append(posted)

    def postings(self, leaves: int) -> Postings:
        """The finished postings of a layer with so many leaves."""
        pairs = np.array(self._pairs, np.int32).reshape(4, -1)
        pairs[2, pairs[2] < 0] = leaves
        pairs = pairs[:, np.argsort(pairs[0], kind="stable")]
        firsts, begins, counts = np.unique(pairs[0], return_index=True, return_counts=True)
        parts = zip(firsts.tolist(), begins.tolist(), counts.tolist(), strict=True)
        columns = {first: slice(begin, begin + count) for first, begin, count in parts}
        by_place = {
            first: {place: tuple(posting) for place, posting in places.items()}
            for first, places in self._by_place.items()
        }
        return Postings(leaves, tuple(self._always), pairs, columns, by_place, self._place_first)
