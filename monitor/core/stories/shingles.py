"""Sets of hashes: samples of them, how much of one stands in another, and how they travel."""

from base64 import b64decode, b64encode

import numpy as np
import numpy.typing as npt

from monitor.core.reports.words import Hashes
from monitor.model import Coverage

Mask = npt.NDArray[np.bool_]
KEPT = 512  # hashes of a text that are kept at most; a longer text is sampled
LEAD_WORDS = 80


def sampling_rate(size: int, kept: int = KEPT) -> int:
    """The power of two by which a set of this size is thinned so that at most `kept` are left (on average)."""
    rate = 1
    while size > kept * rate:
        rate *= 2
    return rate


def sampled(hashes: Hashes, rate: int) -> Hashes:
    """Those hashes that a sample of one in `rate` holds; samples are nested, so that two texts keep the same ones."""
    return hashes if rate == 1 else hashes[hashes & np.uint32(rate - 1) == 0]


def find(hashes: Hashes, known: Hashes) -> tuple[Mask, npt.NDArray[np.int64]]:
    """Which of these hashes a sorted set holds, and where in it each of them stands or would stand."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_), np.zeros(len(hashes), np.int64)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return known[places] == hashes, places


def told_and_kept(hashes: Hashes, known: Hashes, known_rate: int) -> tuple[Mask, Mask]:
    """Which of these hashes a sampled, sorted set would tell of, and which of those it holds."""
    told: Mask = hashes & np.uint32(known_rate - 1) == 0
    return told, told & find(hashes, known)[0]


def share_known(hashes: Hashes, known: Hashes, known_rate: int) -> float | None:
    """The part of these hashes that a sampled, sorted set holds; None where the sample can say nothing."""
    told = sampled(hashes, known_rate)
    return float(find(told, known)[0].mean()) if len(told) else None


def coverage(new: Hashes, new_rate: int, old: Hashes, old_rate: int) -> Coverage:
    """How much of each of two sorted sets of hashes stands in the other, at the coarser of their rates."""
    rate = max(new_rate, old_rate)
    ours, theirs = sampled(new, rate), sampled(old, rate)
    shared = int(find(ours, theirs)[0].sum())
    return Coverage(new_in_old=_ratio(shared, len(ours)), old_in_new=_ratio(shared, len(theirs)))


def containment(covered: Coverage) -> float:
    """Shared ÷ smaller."""
    return max(covered.new_in_old, covered.old_in_new)


def pack(weights: npt.NDArray[np.uint8]) -> str:
    """Bytes as text."""
    return b64encode(weights.tobytes()).decode()


def unpack(text: str) -> npt.NDArray[np.uint8]:
    """The bytes that `pack` wrote."""
    return np.frombuffer(b64decode(text), np.uint8)


def pack_hashes(hashes: Hashes) -> str:
    """24-bit hashes as text."""
    return pack(hashes.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3])


def unpack_hashes(text: str) -> Hashes:
    """The hashes that `pack_hashes` wrote."""
    whole = np.zeros((len(text) // 4, 4), np.uint8)
    whole[:, :3] = unpack(text).reshape(-1, 3)
    return whole.view("<u4").reshape(-1).astype(np.uint32)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
