"""Normalisation that keeps offsets: what is written differently but read alike becomes the same words.

Case, accents and compatibility forms are folded; soft hyphens, zero-width characters, tatweel and vowel marks are
dropped; alef forms are one letter, dotted and dotless i are one. What remains are words with one space around each.
A change of script ends a word, and in scripts that do not part their words (Han, kana, Hangul, Thai …) every character
is a word of its own, so that a term is found there wherever it stands.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

# Marks that readers add or leave out: accents, Hebrew points, Arabic vowels and Quranic signs, tatweel.
_MARK_RANGES = (
    *((0x0300, 0x036F), (0x0483, 0x0487), (0x0591, 0x05BD), (0x05BF, 0x05BF), (0x05C1, 0x05C2), (0x05C4, 0x05C5)),
    *((0x05C7, 0x05C7), (0x0610, 0x061A), (0x0640, 0x0640), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC)),
    *((0x06DF, 0x06E8), (0x06EA, 0x06ED), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
)
# Characters that show nothing: soft hyphen, joiners, zero-width and direction marks, variation selectors.
_HIDDEN_RANGES = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x2069), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xE0100, 0xE01EF)),
)
# Thai, Lao, Tibetan, Burmese, Khmer; Hangul (whose particles are written onto the word); kana, Bopomofo, Han.
_UNSPACED_RANGES = (
    *((0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x318F)),
    *((0x31A0, 0x31BF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7FF), (0xF900, 0xFAFF)),
    (0x20000, 0x3FFFF),
)
# Letters that Unicode does not decompose though their writers exchange them.
_ALIKE = dict(zip("ıłøđðħŋəŧƒٱىیېةۃکہھ", "iloddhnetfايييههكهه", strict=True)) | {"þ": "th", "æ": "ae", "œ": "oe"}
_APOSTROPHES = frozenset("'’‘ʼʻʾʿ`´′‛＇")
_HYPHENS = frozenset("-‐‑‒–־﹣－")
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»＂", '"'), **dict.fromkeys(_APOSTROPHES, "'")})


def _members(ranges: tuple[tuple[int, int], ...]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


_MARKS = _members(_MARK_RANGES)
_DROPPED = _MARKS | _members(_HIDDEN_RANGES)


def _unspaced(char: str) -> bool:
    return char >= "\u0e00" and any(first <= ord(char) <= last for first, last in _UNSPACED_RANGES)


def _fold_char(char: str) -> str:
    """What one character contributes: folded letters and digits, "" for what is dropped, spaces for the rest."""
    if char in _APOSTROPHES or unicodedata.decomposition(char).startswith("<super>"):
        return " "  # a letter by its category (ʿ) or its decomposition (™, ¹), yet none of the word beside it
    loose = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = unicodedata.normalize("NFC", "".join(_ALIKE.get(c, c) for c in loose if c not in _DROPPED))
    return "".join(map(_word_char, kept))


def _word_char(char: str) -> str:
    if unicodedata.category(char)[0] not in "LMN":
        return " "
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return f" {char} " if _unspaced(char) else char


class _Folding(dict[int, str]):
    """Code point → its folded form, worked out when first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


_FOLDING = _Folding()
_BLANKS = re.compile("  +")
_LATIN_RUN = re.compile("[a-z]+")
_LETTERS = re.compile(r"[^\W\d_]+")


def _western_tables() -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """How the bytes of Windows-1252 fold: one to one, and those that become more or fewer characters."""
    one_to_one, others = bytearray(256), []
    for code in range(256):
        char = bytes([code]).decode("cp1252", "replace")
        folded = _FOLDING[ord(char)]
        if len(folded) == 1 and folded.isascii():
            one_to_one[code] = ord(folded)
        else:
            one_to_one[code] = code
            others.append((chr(code), folded))
    return bytes(one_to_one), tuple(others)


_WESTERN, _WESTERN_OTHERS = _western_tables()


def _fold_western(source: str) -> tuple[str, bool] | None:
    """The folded form of a text within Windows-1252 (Latin-1, curly quotes, dashes), a whole text at a time.

    With it, whether each character became exactly one. None if a character is outside.
    """
    if source.isascii():
        return source.encode().translate(_WESTERN).decode("ascii"), True
    try:
        raw = source.encode("cp1252").translate(_WESTERN).decode("latin-1")
    except UnicodeEncodeError:
        return None
    if raw.isascii():
        return raw, True
    for char, folded in _WESTERN_OTHERS:
        raw = raw.replace(char, folded)
    return (raw, False) if raw.isascii() else None


def _script_changes(raw: str) -> list[int]:
    """Where Latin letters touch letters of another script. After folding, Latin letters are ASCII."""
    cuts: list[int] = []
    for run in _LATIN_RUN.finditer(raw):
        start, end = run.span()
        if start and raw[start - 1] > "\x7f":
            cuts.append(start)
        if end < len(raw) and raw[end] > "\x7f":
            cuts.append(end)
    return cuts


def _cut(raw: str, cuts: list[int]) -> str:
    return " ".join(raw[start:end] for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True)) if cuts else raw


@dataclass(eq=False)  # not frozen: two are made of every article
class Folded:
    """A text as it is compared: `text` is its words, a space around each, or one space where there are none.

    `original` leads back to what is written.
    """

    source: str
    text: str
    _raw: str  # as long as the source, if `_plain`
    _plain: bool

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `source` of the whole words `text[start:end]`, the accents of the last included."""
        past = int(self._sources[end - 1]) + 1
        while past < len(self.source) and self.source[past] in _MARKS:
            past += 1
        return int(self._sources[start]), past

    def gap_at(self, space: int) -> str:
        """What stands between the words on both sides of a space of `text`, in the form that `gap_form` gives."""
        return gap_form(self.source[self._sources[space - 1] + 1 : self._sources[space + 1]])

    def reaches(self, space: int, start: int, most: int) -> bool:
        """Whether at most so many words stand between a space of `text` and a word that starts behind it."""
        for _ in range(most):
            if space == start - 1:
                return True
            space = self.text.index(" ", space + 1)
        return space == start - 1

    def word_at(self, offset: int) -> int:
        """The number of the word that a letter of `text` belongs to."""
        return bisect_right(self._spaces, offset) - 1

    def word_of(self, offset: int) -> int:
        """The number of the last word that begins at or before an offset of `source`; -1 = before all words."""
        return bisect_right(self._words[0], offset) - 1

    def word_from(self, offset: int) -> int:
        """The number of the first word that ends behind an offset of `source`."""
        return bisect_right(self._words[1], offset)

    @cached_property
    def _sources(self) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """For each character of `text` the one of `source` that it comes from; of spaces it says nothing."""
        blank = _codes(f" {self._raw} ") == ord(" ")
        kept = np.ones(len(blank), np.bool_)
        kept[:-1] = ~(blank[:-1] & blank[1:])  # of each run of blanks the last
        at = np.flatnonzero(kept) - 1
        return at if self._plain else self._origins()[at.clip(0, len(self._raw) - 1)]

    @cached_property
    def _spaces(self) -> list[int]:
        """Where the words of `text` begin: the spaces before them."""
        return np.flatnonzero(_codes(self.text) == ord(" ")).tolist()

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        """Where words start and end in `source`."""
        blank = _codes(f" {self._raw} ") == ord(" ")
        edges = np.flatnonzero(blank[1:] != blank[:-1])
        first, last = edges[::2], edges[1::2] - 1
        if not self._plain:
            origins = self._origins()
            first, last = origins[first], origins[last]
        return first.tolist(), (last + 1).tolist()

    def _origins(self) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """For each character of `_raw` the one of `source` that it comes from."""
        lengths = [len(_FOLDING[ord(char)]) for char in self.source]
        origins = np.repeat(np.arange(len(lengths)), lengths)
        return np.insert(origins, _script_changes(self.source.translate(_FOLDING)), 0)


def _codes(text: str) -> "np.ndarray[tuple[int], np.dtype[np.unsignedinteger]]":
    if text.isascii():
        return np.frombuffer(text.encode(), np.uint8)
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def fold(text: str) -> Folded:
    """A text as it is compared with others."""
    western = _fold_western(text)
    if western:
        raw, plain = western
    else:
        raw = text.translate(_FOLDING)
        raw, plain = _cut(raw, _script_changes(raw)), False
    return Folded(text, _BLANKS.sub(" ", f" {raw} "), raw, plain)


def gap_form(gap: str) -> str:
    """What separates two words, less what does not matter between the words of a phrase: white space, hyphens.

    A blank line stays, since a phrase does not reach from one paragraph into the next. Apostrophes are one sign.
    """
    if gap in (" ", "-", ""):
        return ""
    if gap.isspace():
        return "\n" if gap.count("\n") > 1 else ""
    kept = (c for c in gap if not c.isspace() and c not in _HYPHENS and c not in _DROPPED)
    return "".join(kept).translate(_QUOTES)


def exact_form(text: str) -> str:
    """A text with its case and accents, in the one of its equivalent spellings that all share.

    Full width, ligatures, curly quotes, hidden characters and runs of white space are levelled.
    """
    if text.isascii() and text.isalnum():
        return text
    seen = "".join(c for c in text.translate(_QUOTES) if c not in _DROPPED or c in _MARKS)
    return " ".join(unicodedata.normalize("NFKC", seen).split())


@lru_cache(4096)  # a text that says one thing over and over is asked about it at each place
def shouted(line: str) -> bool:
    """Whether a line is all in capitals, so that the case of its words says nothing.

    One word in capitals shouts nothing: it may just be an acronym.
    """
    if not line.isupper() or len(_LETTERS.findall(line)) < 2:
        return False
    return line.isascii() or all(char.isupper() for char in line if char.isalpha())
