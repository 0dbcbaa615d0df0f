"""The words of a text as its writing shows them: capitals, sentences, what stands between two words."""

import re
from bisect import bisect_right
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
        self.folded = _folded(self.raw, text)  # as they are compared
        self.ends = list(accumulate(map(len, parts)))[1::2]
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
        start, end = self.ends[first] - len(self.raw[first]), self.ends[last]
        quoted, dotted = self.gaps[first][-1:] in APOSTROPHES, self.gaps[last + 1][:1] == "."
        return self.text[start - quoted : end + dotted]

    def as_name(self, at: int) -> bool:
        """Whether a word is written as names are: with a capital, or in a script without capitals."""
        return _as_name(self.raw[at][0])

    def begins(self) -> list[int]:
        """Where a name may begin."""
        told: list[int] = []
        for at in [at for at, raw in enumerate(self.raw) if raw[0] not in _SMALL]:
            capital = self.raw[at][0].isupper()
            attached = capital and at and self.gaps[at] == "-" and self.folded[at - 1] in ARTICLES
            if attached and told[-1:] != [at - 1]:
                told.append(at - 1)
            if capital or (self.as_name(at) and not self.folded[at].isdigit()):
                told.append(at)
        return told

    def _sentences(self) -> list[int]:
        """Which words begin one."""
        apart = [at for at, gap in enumerate(self.gaps[1:-1]) if gap != " "]
        return [0] * bool(self.raw) + [at + 1 for at in apart if _ends_sentence(self.folded[at], self.gaps[at + 1])]

    def _token(self, at: int) -> Token:
        raw, folded, gap, end = self.raw[at], self.folded[at], self.gaps[at], self.ends[at]
        start, dotted = end - len(raw), self.gaps[at + 1][:1] == "."
        number = bisect_right(self._openings, at) - 1
        opens, loud = self._openings[number] == at, self._loud.get(number)
        if loud is None:
            loud = self._loud[number] = self._is_loud(number)
        letter = raw[0]
        if letter in _SMALL:
            return Token(start, end, folded, gap, True, False, False, dotted, opens, loud)
        capital = letter.isupper()
        upper = len(raw) > 1 and raw.isupper()
        return Token(start, end, folded, gap, _cased(letter), capital, upper, dotted, opens, loud)

    def _is_loud(self, number: int) -> bool:
        """Whether a sentence is in title case or capitals."""
        first = self._openings[number]
        following = self._openings[number + 1] if number + 1 < len(self._openings) else len(self.raw)
        long = [raw[0] for raw in self.raw[first:following] if len(raw) >= 4]
        capitals = sum(map(str.isupper, long))
        return len(long) >= LOUD_WORDS and capitals >= LOUD_SHARE * sum(map(_cased, long)) > 0


def _ends_sentence(before: str, gap: str) -> bool:
    """Whether a sentence ends between a word and the gap after it."""
    if (len(before) == 1 or before in ABBREVIATED) and gap.strip() == "." and "\n" not in gap:
        return False
    return _ends(gap) if len(gap) <= _REMEMBERED else _look_for_end(gap)


def _look_for_end(gap: str) -> bool:
    return gap != "." and bool(_ENDS.search(gap))


_REMEMBERED = 10  # characters, of gaps of which it is remembered whether a sentence ends in them
_ends = lru_cache(4096)(_look_for_end)


def _folded(words: list[str], text: str) -> list[str]:
    if text.isascii():
        return list(map(str.lower, words))
    return [raw.lower() if raw.isascii() else fold_word(raw) for raw in words]


@lru_cache(4096)
def _as_name(letter: str) -> bool:
    """Whether a word that begins with this letter is written as names are."""
    return letter.isupper() or not _cased(letter)


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
