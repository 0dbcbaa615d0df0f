"""Sorted sets of 24-bit hashes in little room (Elias 1974, Fano 1971): some 18 bits a hash for sets of a few hundred.

The lower 16 bits of each stand as they are. The upper 8, which only grow, are told by ones among 256 zeros: before the
one of each hash, as many zeros as its upper bits say.
"""

import numpy as np
import numpy.typing as npt

from monitor.core.reports.words import Hashes

_UPPER = 256
_LOW = np.uint32(0xFFFF)
_SHIFT = np.uint32(16)
Mask = npt.NDArray[np.bool_]


def room(count: int) -> int:
    """How many bytes so many hashes take."""
    return 2 * count + (count + _UPPER + 7) // 8 if count else 0


def dump(hashes: Hashes) -> bytes:
    """A sorted set of hashes as bytes."""
    if not len(hashes):
        return b""
    ones = np.zeros(len(hashes) + _UPPER, np.bool_)
    ones[(hashes >> _SHIFT) + np.arange(len(hashes), dtype=np.uint32)] = True
    return (hashes & _LOW).astype("<u2").tobytes() + dump_mask(ones)


def load(record: bytes, count: int, at: int) -> Hashes:
    """The set of so many hashes that `dump` wrote at this place of a record."""
    if not count:
        return np.empty(0, np.uint32)
    ones = np.flatnonzero(load_mask(record, count + _UPPER, at + 2 * count))
    upper = (ones - np.arange(count)).astype(np.uint32)
    hashes: Hashes = (upper << _SHIFT) | np.frombuffer(record, "<u2", count, at)
    return hashes


def dump_mask(mask: Mask) -> bytes:
    """A bit for each truth."""
    return np.packbits(mask).tobytes()


def load_mask(record: bytes, count: int, at: int) -> Mask:
    """So many truths that `dump_mask` wrote at this place of a record."""
    held = np.frombuffer(record, np.uint8, (count + 7) // 8, at)
    return np.unpackbits(held, count=count).view(np.bool_)
