"""How far apart the two sides of a NEAR stand, in words; each side is runs of words, by the numbers of their words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Runs(NamedTuple):
    """Where a side stands: the first and the last word of each run, in the order of the first."""

    firsts: Sequence[int]
    lasts: Sequence[int]


NOWHERE = Runs((), ())


def near(left: Runs, right: Runs, most: int) -> bool:
    """Whether a run of the left side stands before or after one of the right with at most so many words between."""
    if not right.firsts:
        return False
    ends = sorted(right.lasts)
    for first, last in zip(*left, strict=True):
        after = bisect_right(right.firsts, last)
        if after < len(ends) and right.firsts[after] - last - 1 <= most:
            return True
        before = bisect_left(ends, first) - 1
        if before >= 0 and first - ends[before] - 1 <= most:
            return True
    return False


def pairs(left: Runs, right: Runs) -> Iterator[tuple[int, int, int]]:
    """Each run of the left side with the nearest of the right before and after: their positions, the words between."""
    by_end = sorted(range(len(right.lasts)), key=right.lasts.__getitem__)
    ends = [right.lasts[at] for at in by_end]
    for at, (first, last) in enumerate(zip(*left, strict=True)):
        after = bisect_right(right.firsts, last)
        if after < len(ends):
            yield at, after, right.firsts[after] - last - 1
        before = bisect_left(ends, first) - 1
        if before >= 0:
            yield at, by_end[before], first - ends[before] - 1
