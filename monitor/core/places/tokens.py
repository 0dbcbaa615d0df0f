"""The words of a text as its writing shows them: capitals, sentences, what stands between two words."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from monitor.core.places.placewords import ABBREVIATED
from monitor.core.places.spelling import ARTICLES, fold_word, split

_ENDS = re.compile(r"[.!?…:;•|。؟]|\n|[-–—]{2}|(?:^|\s)[–—](?:\s|$)|[\"“”«»]\s*$")
_QUOTES = str.maketrans(dict.fromkeys("'’‘`´ʿʾ"))
_JOINS = frozenset(["", " ", "-", "–", "\u2010", "\u2011", "\xa0"])
APOSTROPHES = frozenset("'’‘`´")  # hamza and ayn, as some write them: "Ta'izz"
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
LOUD_SHARE, LOUD_WORDS = 0.85, 4


class Token(NamedTuple):
    """A word with its writing. Where a script knows no capitals, `cased` is false and every word may be a name."""

    start: int
    end: int
    folded: str
    gap: str  # what stands between the word before it and this one
    cased: bool
    capital: bool
    upper: bool  # all capitals, more than one letter
    dotted: bool  # a full stop follows
    opens: bool  # it begins a sentence, so that its capital says nothing
    loud: bool  # its sentence is in title case or capitals, so that no capital says anything


class Tokens:
    """The words of a text, with offsets in characters; each is looked at when first asked for, since few are."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts = split(text)
        self.raw, self.gaps = parts[1::2], parts[::2]  # words as they stand, and what stands before each
        self.folded = [raw.lower() if raw.isascii() else fold_word(raw) for raw in self.raw]  # as they are compared
        self._ends = list(accumulate(map(len, parts)))[1::2]
        self._openings = self._sentences()
        self._told: list[Token | None] = [None] * len(self.raw)
        self._loud: dict[int, bool] = {}  # by the number of the sentence

    def __len__(self) -> int:
        return len(self.raw)

    def __getitem__(self, at: int) -> Token:
        told = self._told[at]
        if told is None:
            told = self._told[at] = self._token(at)
        return told

    def part(self, first: int, last: int) -> list[Token]:
        """The words from one to another, both included."""
        return [self[at] for at in range(first, last + 1)]

    def written(self, first: int, last: int) -> str:
        """The words from one to another as they stand, with an apostrophe before them and a full stop behind them."""
        start, end = self._ends[first] - len(self.raw[first]), self._ends[last]
        quoted, dotted = self.gaps[first][-1:] in APOSTROPHES, self.gaps[last + 1][:1] == "."
        return self.text[start - quoted : end + dotted]

    def as_name(self, at: int) -> bool:
        """Whether a word is written as names are: with a capital, or in a script without capitals."""
        letter = self.raw[at][0]
        return letter not in _SMALL and (letter.isupper() or not _cased(letter))

    def begins(self) -> list[int]:
        """Where a name may begin."""
        likely = [at for at, raw in enumerate(self.raw) if raw[0] not in _SMALL]
        return sorted({at for one in likely if self.as_name(one) for at in self._beginning(one)})

    def _beginning(self, at: int) -> Iterator[int]:
        capital = self.raw[at][0].isupper()
        if capital or not self.folded[at].isdigit():
            yield at
        if capital and at and self.gaps[at] == "-" and self.folded[at - 1] in ARTICLES:
            yield at - 1

    def _sentences(self) -> list[int]:
        """Which words begin one."""
        apart = [at for at, gap in enumerate(self.gaps[1:-1]) if gap != " "]
        return [0] * bool(self.raw) + [at + 1 for at in apart if _ends_sentence(self.folded[at], self.gaps[at + 1])]

    def _token(self, at: int) -> Token:
        raw, folded, gap, end = self.raw[at], self.folded[at], self.gaps[at], self._ends[at]
        start, dotted = end - len(raw), self.gaps[at + 1][:1] == "."
        number = bisect_right(self._openings, at) - 1
        opens, loud = self._openings[number] == at, self._loud.get(number)
        if loud is None:
            loud = self._loud[number] = self._is_loud(number)
        letter = raw[0]
        if letter in _SMALL:
            return Token(start, end, folded, gap, True, False, False, dotted, opens, loud)
        upper = len(raw) > 1 and raw.isupper()
        return Token(start, end, folded, gap, _cased(letter), letter.isupper(), upper, dotted, opens, loud)

    def _is_loud(self, number: int) -> bool:
        """Whether a sentence is in title case or capitals."""
        first = self._openings[number]
        following = self._openings[number + 1] if number + 1 < len(self._openings) else len(self.raw)
        long = [raw[0] for raw in self.raw[first:following] if len(raw) >= 4]
        capitals = sum(map(str.isupper, long))
        return len(long) >= LOUD_WORDS and capitals >= LOUD_SHARE * sum(map(_cased, long)) > 0


def _ends_sentence(before: str, gap: str) -> bool:
    """Whether a sentence ends between a word and the gap after it."""
    if gap.strip() == "." and "\n" not in gap and (len(before) == 1 or before in ABBREVIATED):
        return False
    return gap != "." and bool(_ENDS.search(gap))


@lru_cache(4096)
def _cased(letter: str) -> bool:
    """Whether its script writes names with capitals. Georgian has some, and writes names without."""
    return letter.lower() != letter.upper() and not "\u10d0" <= letter <= "\u10ff"


def joins(token: Token, gap: str) -> bool:
    """Whether the word after `gap` may belong to the same name as `token`."""
    plain = gap.translate(_QUOTES) if gap != " " else gap
    if plain in {".", ". "}:
        return token.folded in ABBREVIATED or token.end - token.start <= 2
    return plain in _JOINS
