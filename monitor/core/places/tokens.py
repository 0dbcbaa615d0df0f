"""The words of a text as its writing shows them: capitals, sentences, what stands between two words."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.core.places.placewords import ABBREVIATED
from monitor.core.places.spelling import Word, words

_ENDS = re.compile(r"[.!?…:;•|。؟]|\n|[-–—]{2}|(?:^|\s)[–—](?:\s|$)|[\"“”«»]\s*$")
_QUOTES = str.maketrans(dict.fromkeys("'’‘`´ʿʾ"))
_JOINS = frozenset(["", " ", "-", "–", "\u2010", "\u2011", "\xa0"])
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


def tokens(text: str) -> list[Token]:
    """The words of a text; offsets in characters."""
    told: list[Token] = []
    for sentence in _sentences(text):
        long = [text[word.start] for word, _ in sentence if word.end - word.start >= 4]
        capitals = sum(map(str.isupper, long))
        loud = len(long) >= LOUD_WORDS and capitals >= LOUD_SHARE * sum(map(_cased, long)) > 0
        told += [_token(text, word, gap, at == 0, loud) for at, (word, gap) in enumerate(sentence)]
    return told


def _sentences(text: str) -> Iterator[list[tuple[Word, str]]]:
    """The words with the gaps before them, sentence by sentence."""
    sentence: list[tuple[Word, str]] = []
    end = 0
    for word in words(text):
        gap = text[end : word.start]
        if sentence and gap != " " and ends_sentence(sentence[-1][0], gap):
            yield sentence
            sentence = []
        sentence.append((word, gap))
        end = word.end
    yield sentence


def _token(text: str, word: Word, gap: str, opens: bool, loud: bool) -> Token:
    start, end, folded = word
    raw = text[start:end]
    upper = end - start > 1 and raw.isupper()
    return Token(
        start, end, folded, gap, _cased(raw[0]), raw[0].isupper(), upper, text[end : end + 1] == ".", opens, loud
    )


@lru_cache(4096)
def _cased(letter: str) -> bool:
    """Whether its script writes names with capitals. Georgian has some, and writes names without."""
    return letter.lower() != letter.upper() and not "\u10d0" <= letter <= "\u10ff"


def ends_sentence(token: Word, gap: str) -> bool:
    """Whether a sentence ends between a word and the gap after it."""
    if gap.strip() == "." and "\n" not in gap and (token.folded in ABBREVIATED or token.end - token.start == 1):
        return False
    return bool(_ENDS.search(gap)) and gap != "."


def joins(token: Token, gap: str) -> bool:
    """Whether the word after `gap` may belong to the same name as `token`."""
    plain = gap.translate(_QUOTES)
    if plain in {".", ". "}:
        return token.folded in ABBREVIATED or token.end - token.start <= 2
    return plain in _JOINS
