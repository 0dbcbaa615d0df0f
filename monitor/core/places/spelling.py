"""How names are written: words with offsets, folding of case and accents, transliterations compared.

A key is the folded words of a name with one blank between them: "Deir ez-Zor" and "DEIR EZ ZOR" have the same key. Each
ideograph and kana is a word of its own, since their scripts do not part words.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05c1\u05c2\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
_JOINED = "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3"  # vowel signs are part of these words
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"[{_ALONE}]|(?:[^\\W_{_ALONE}]|[{_MARKS}{INVISIBLE}{_JOINED}])+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_SPECIAL = str.maketrans({
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e", "ħ": "h", "ŧ": "t",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "\u0640": None,
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeffʼʻʿʾ"),
})  # fmt: skip


_REMEMBERED = 40  # characters, of words whose folded forms are remembered


class Word(NamedTuple):
    """A word of a text: offsets in characters, and its folded form."""

    start: int
    end: int
    folded: str


def fold(text: str) -> str:
    """Small letters without accents, vowel points, joiners and letter variants of Arabic script."""
    if text.isascii():
        return text.lower()
    plain = (c for c in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.combining(c) < 10)
    return unicodedata.normalize("NFC", "".join(plain).translate(_SPECIAL))


_fold_word = lru_cache(50_000)(fold)


def words(text: str) -> Iterator[Word]:
    """The words of a text in order."""
    for found in _WORD.finditer(text):
        raw = found.group()
        if folded := _fold_word(raw) if len(raw) <= _REMEMBERED else fold(raw):
            yield Word(found.start(), found.end(), folded)


def key(name: str) -> str:
    """The form in which names are compared."""
    if name.isascii():
        return " ".join(_ASCII_WORD.findall(name.lower()))
    return " ".join(word.folded for word in words(name))


# The article of Arabic, with its assimilated and its French forms; it comes and goes between transliterations.
ARTICLES = frozenset([
    "al", "el", "il", "ul", "ar", "er", "ur", "as", "es", "ash", "esh", "ech", "ad", "ed", "ud", "an", "en", "un", "at",
    "et", "ut", "az", "ez", "uz", "adh", "ath",
])  # fmt: skip
_DIGRAPHS = [
    (re.compile(pattern), repl)
    for pattern, repl in [
        (r"shch|sch|sh|ch", "š"), (r"dzh|dj|zh", "j"), (r"kh", "x"), (r"gh", "g"), (r"th", "t"), (r"dh", "d"),
        (r"ph", "f"), (r"ts", "c"), (r"c(?=[^eiy]|$)", "k"), (r"h\b", ""), (r"(.)\1+", r"\1"),
    ]
]  # fmt: skip
_GROUP = re.compile(r"([aeiouwy]*[aeiou][aeiouwy]*|\by\b)")
LEAST_LETTERS = 4


def skeletons(name_key: str) -> tuple[str, ...]:
    """The forms under which two Latin transliterations of one name meet; () for what is no Latin name of 4+ letters.

    The article goes, digraphs become one letter, doubled letters one, and a run of vowels one of three: o and u, i and
    y, or a. An e may be heard as a or i, so a name has up to four forms.
    """
    parts = [part for part in name_key.split(" ") if part not in ARTICLES]
    if not parts or not name_key.isascii() or sum(map(len, parts)) < LEAST_LETTERS or not "".join(parts).isalpha():
        return ()
    reduced = "".join(map(_reduce, parts))
    pieces = [_vowel(piece) if _GROUP.fullmatch(piece) else piece for piece in _GROUP.split(reduced) if piece]
    if sum(consonants(piece) for piece in pieces) >= 3:  # a short name is only itself with the right one of the two
        pieces = [piece.replace("q", "k") for piece in pieces]
    return tuple(itertools.islice(map("".join, itertools.product(*map(_heard, pieces))), 4))


def consonants(skeleton: str) -> int:
    """How many consonants a skeleton has: its vowels are the capitals."""
    return sum(letter.islower() for letter in skeleton)


def _reduce(part: str) -> str:
    article = re.match(r"[aeu]([szrdnt])(?=\1)", part)  # "Ezzor"
    part = part[1:] if article else part
    for pattern, repl in _DIGRAPHS:
        part = pattern.sub(repl, part)
    part = re.sub(r"w(?=[aeiou])", "v", part)
    return re.sub(r"(?<=[^aeiouwy])y(?=[^aeiouwy]|$)", "i", part)


def _vowel(group: str) -> str:
    if "o" in group or "u" in group or ("w" in group and len(group) > 1):
        return "U"
    if "i" in group or "y" in group or "ee" in group:
        return "IA" if group[-1] == "a" and len(group) > 1 else "I"
    return "A" if "a" in group else "E"


def _heard(piece: str) -> tuple[str, ...]:
    return ("A", "I") if piece == "E" else (piece,)
