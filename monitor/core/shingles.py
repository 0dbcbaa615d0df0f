"""Text → hashed pairs of words, and how much of one text stands in another.

Words are runs of letters and digits of the lower-cased NFKC form; a character of a script that is written without
spaces is a word of its own. All hashes are the same on every machine and in every run.
"""

import re
from base64 import b64decode, b64encode
from unicodedata import normalize

import numpy as np
import numpy.typing as npt

from monitor.model import Coverage

Hashes = npt.NDArray[np.uint32]
Codes = npt.NDArray[np.uint64]

KEPT = 512  # hashes of a text that are kept at most; a longer text is sampled
LEAD_WORDS = 80

_DROPPED = re.compile("[\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]")
_BETWEEN = re.compile(r"[\W_]+")
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)


def plain_words(text: str) -> str:
    """The words of a text, one space between them."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = _UNSPACED.sub(r" \1 ", _DROPPED.sub("", normalize("NFKC", lowered)))
    return _BETWEEN.sub(" ", lowered).strip()


def hash_words(words: str) -> Codes:
    """One 64-bit hash a word of what `plain_words` returns: a polynomial over its code points, then mixed."""
    if not words:
        return np.empty(0, np.uint64)
    codes = np.frombuffer((words + " ").encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    ends = np.flatnonzero(codes == 32)
    starts = np.concatenate(([0], ends[:-1] + 1))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes * _powers(_BASE, len(codes)))))
    return _mixed((sums[ends] - sums[starts]) * _powers(_INVERSE, len(codes))[starts])


def hash_pairs(words: str) -> Hashes:
    """One 32-bit hash for each two neighbouring words, in their order; a single word pairs with nothing."""
    hashes = hash_words(words)
    if len(hashes) == 1:
        return _folded(hashes)
    return _folded(_mixed(hashes[:-1] * np.uint64(3) + hashes[1:]))


def hash_terms(terms: list[str]) -> Hashes:
    """One 32-bit hash a term; a term has no space in it."""
    return _folded(hash_words(" ".join(terms)))


def sampling_rate(size: int, kept: int = KEPT) -> int:
    """The power of two by which a set of this size is thinned so that at most `kept` are left (on average)."""
    rate = 1
    while size > kept * rate:
        rate *= 2
    return rate


def sampled(hashes: Hashes, rate: int) -> Hashes:
    """Those hashes that a sample of one in `rate` holds; samples are nested, so that two texts keep the same ones."""
    return hashes if rate == 1 else hashes[hashes & np.uint32(rate - 1) == 0]


def find(hashes: Hashes, known: Hashes) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Which of these hashes a sorted set holds, and where in it each of them stands or would stand."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_), np.zeros(len(hashes), np.int64)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return known[places] == hashes, places


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


def pack(array: npt.NDArray[np.uint32] | npt.NDArray[np.uint8]) -> str:
    """An array as text."""
    return b64encode(array.astype(array.dtype.newbyteorder("<")).tobytes()).decode()


def unpack(text: str) -> Hashes:
    """The 32-bit array that `pack` wrote."""
    return np.frombuffer(b64decode(text), "<u4").astype(np.uint32)


def unpack_bytes(text: str) -> npt.NDArray[np.uint8]:
    """The array of bytes that `pack` wrote."""
    return np.frombuffer(b64decode(text), np.uint8)


def _powers(base: int, count: int) -> Codes:
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers)


def _mixed(codes: Codes) -> Codes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))


def _folded(codes: Codes) -> Hashes:
    return (codes >> np.uint64(32)).astype(np.uint32)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
