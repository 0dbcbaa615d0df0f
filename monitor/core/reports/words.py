"""Where the words of a text stand, and a hash of each: all at once in arrays, without a step for each word.

Words are runs of letters and digits of the lower-cased NFKC form; a character of a script that is written without
spaces is a word of its own. All hashes are the same on every machine and in every run.
"""

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import category, decomposition, normalize

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]  # of 24 bits
Codes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8]
Points = npt.NDArray[np.uint8] | npt.NDArray[np.uint32]

LETTER, ALONE, ENDS, DIGIT, UNSTABLE = 1, 2, 4, 8, 16  # what the tables say of a character

_DROPPED = re.compile("[\u00ad\u0300-\u036f\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]")
_BETWEEN = re.compile(r"[\W_]+")
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # for a class of a pattern
_UNSPACED = re.compile(f"([{UNSPACED}])")
_GROUPED = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3})")
_SENTENCE_ENDS = '.!?:\n"“”'
_TABLED = 0x20000  # code points beyond are ideographs

_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2**64
_INVERSE = pow(_BASE, -1, 2**64)
_POWERS = 1 << 13


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text in their order: where they start and end in `text`, and their 64-bit hashes."""

    text: str  # as it was given, or its NFKC form where that has other letters
    starts: Places
    ends: Places
    hashes: Codes
    flags: Flags  # a character each
    lowered: Points  # a character each
    capital: npt.NDArray[np.bool_]  # a word each: its first letter is one
    sums: Codes  # running sums, of which any part of a text has its hash

    def hash_parts(self, starts: Places, ends: Places) -> Codes:
        """64-bit hashes of these parts of the text: a polynomial over code points, then mixed."""
        return mixed((self.sums[ends] - self.sums[starts]) * _powers(_INVERSE, len(self.sums))[starts])

    def opening(self, chosen: Places) -> npt.NDArray[np.bool_]:
        """Which of these words a sentence or quotation may begin with, by the four characters before them."""
        if not len(chosen):
            return np.zeros(0, np.bool_)
        starts = self.starts[chosen]
        first = np.maximum(np.where(chosen > 0, self.ends[chosen - 1], 0), starts - 4)
        marks = (self.flags & ENDS).nonzero()[0]
        opens: npt.NDArray[np.bool_] = marks.searchsorted(first) < marks.searchsorted(starts)
        opens[chosen == 0] = True
        return opens


def plain_words(text: str) -> str:
    """The words of a text, one space between them."""
    lowered = text.lower()
    if not lowered.isascii():
        lowered = _UNSPACED.sub(r" \1 ", _DROPPED.sub("", normalize("NFKC", lowered.replace("ı", "i"))))
    return _BETWEEN.sub(" ", lowered).strip()


def find_words(text: str) -> Words:
    """The words of a text."""
    codes, flags, lowered = _characters(text)
    if np.bitwise_or.reduce(flags) & UNSTABLE:
        text = _DROPPED.sub("", normalize("NFKC", _GROUPED.sub("٬", text))).replace("İ", "I")
        codes, flags, lowered = _characters(text)
    starts, ends = _bounds(flags)
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(lowered * _powers(_BASE, len(codes) + 1)[:-1], out=sums[1:])
    hashes = mixed((sums[ends] - sums[starts]) * _powers(_INVERSE, len(sums))[starts])
    capital = codes[starts] != lowered[starts]
    return Words(text, starts, ends, hashes, flags, lowered, capital, sums)


def hash_words(text: str) -> Codes:
    """One 64-bit hash a word."""
    return find_words(text).hashes


def hash_pairs(hashes: Codes) -> Hashes:
    """One 24-bit hash for each two neighbouring words, in their order; a single word pairs with nothing."""
    if len(hashes) == 1:
        return folded(hashes)
    return folded(mixed(hashes[:-1] * np.uint64(3) + hashes[1:]))


def folded(codes: Codes) -> Hashes:
    """64-bit hashes as 24-bit ones: three bytes, of which any two of a text are hardly ever alike."""
    return (codes >> np.uint64(32)).astype(np.uint32) & np.uint32(0xFFFFFF)


def mixed(codes: Codes) -> Codes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))


def distinct(hashes: Hashes) -> Hashes:
    """Sorted, each once."""
    ordered = np.sort(hashes)
    fresh = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return ordered[fresh]


class Lexicon:
    """A fixed set of words with a bit or more for each, looked up for all words of a text at once."""

    def __init__(self, *kinds: tuple[int, str]) -> None:
        words: dict[int, int] = {}
        for bit, listed in kinds:
            for code in hash_words(listed).tolist():
                words[code] = words.get(code, 0) | bit
        self._hashes = np.array([0, *words], np.uint64)
        self._bits = np.array([0, *words.values()], np.uint8)
        wide = next(bits for bits in range(12, 64) if len({code >> (64 - bits) for code in words}) == len(words))
        self._shift = np.uint64(64 - wide)
        self._slots = np.zeros(1 << wide, np.uint16)  # a place for each word of its own
        self._slots[self._hashes[1:] >> self._shift] = np.arange(1, len(words) + 1)

    def look_up(self, hashes: Codes) -> Flags:
        """The bits of each word; 0 for one that is not in the lexicon."""
        slots = self._slots[hashes >> self._shift]
        return np.where(self._hashes[slots] == hashes, self._bits[slots], np.uint8(0))


def _characters(text: str) -> tuple[Points, Flags, Points]:
    """Code points, what they are, and their small letters."""
    if text.isascii():
        raw = text.encode("ascii")
        return _bytes(raw), _bytes(raw.translate(_ascii_flags())), _bytes(raw.lower())
    flags, lower = _tables(_TABLED + 1)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    if codes.max() < _TABLED:
        return codes, flags[codes], lower[codes]
    known = np.minimum(codes, _TABLED)
    return codes, flags[known], np.where(codes < _TABLED, lower[known], codes)


def _bounds(flags: Flags) -> tuple[Places, Places]:
    """Where words start and end."""
    letters = np.zeros(len(flags) + 2, np.uint8)
    np.bitwise_and(flags, LETTER, out=letters[1:-1])
    edges = letters[1:] != letters[:-1]
    if not np.bitwise_or.reduce(flags) & ALONE:
        bounds = np.flatnonzero(edges)
        return bounds[::2], bounds[1::2]
    alone = np.zeros(len(letters), np.bool_)
    np.not_equal(flags & ALONE, 0, out=alone[1:-1])
    cut = (letters[1:] & letters[:-1] & (alone[1:] | alone[:-1])) != 0
    starts, ends = (edges | cut) & (letters[1:] != 0), (edges | cut) & (letters[:-1] != 0)
    return np.flatnonzero(starts), np.flatnonzero(ends)


def _bytes(raw: bytes) -> Flags:
    return np.frombuffer(raw, np.uint8)


@cache
def _ascii_flags() -> bytes:
    return _tables(256)[0].tobytes()


@cache
def _tables(size: int) -> tuple[Flags, npt.NDArray[np.uint32]]:
    """For each code point what it is, and its small letter."""
    flags, lower = np.zeros(size, np.uint8), np.arange(size, dtype=np.uint32)
    for code in range(size):
        char = chr(code)
        small = char.lower()
        lower[code] = ord(small[0])
        if char.isalnum():
            flags[code] = LETTER | (DIGIT if char.isdecimal() else 0)
        if code >= 128:
            flags[code] |= (ALONE if _UNSPACED.match(char) else 0) | (UNSTABLE if _is_unstable(char) else 0)
    if size > ord("ı"):
        lower[ord("ı")] = ord("i")  # a headline in Turkish capitals has I for both
    for char in _SENTENCE_ENDS:
        if ord(char) < size:
            flags[ord(char)] |= ENDS
    if size > _TABLED:
        flags[_TABLED] = LETTER
    return flags, lower


def _is_unstable(char: str) -> bool:
    """Whether words are other words once this character is normalised."""
    if char == "İ" or _DROPPED.match(char):
        return True
    if not decomposition(char) or category(char) == "No":  # 6½ would become 61⁄2
        return False
    form = normalize("NFKC", char)
    return form != char and any(c.isalnum() for c in form)


def _powers(base: int, count: int) -> Codes:
    return (_first_powers(base) if count <= _POWERS else _many_powers(base, 1 << count.bit_length()))[:count]


@cache
def _first_powers(base: int) -> Codes:
    return _many_powers(base, _POWERS)


def _many_powers(base: int, count: int) -> Codes:
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers)
