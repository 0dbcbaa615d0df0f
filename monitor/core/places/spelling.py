"""How names are written: words with offsets, folding of case and accents, transliterations compared.

A key is the folded words of a name with one blank between them: "Deir ez-Zor" and "DEIR EZ ZOR" have the same key. Each
ideograph and kana is a word of its own, since their scripts do not part words.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05c1\u05c2\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
_JOINED = "\u0900-\u0963\u0966-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3"  # vowel signs are part of these words
_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"([{_ALONE}]|(?:[^\\W_{_ALONE}]|[{_MARKS}{INVISIBLE}{_JOINED}])+)")
_WESTERN_WORD = re.compile(r"([^\W_]+)")
_SPECIAL = str.maketrans({
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e", "ħ": "h", "ŧ": "t",
    "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "\u0640": None,
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeffʼʻʿʾ"),
})  # fmt: skip


_REMEMBERED = 40  # characters, of words whose folded forms are remembered


def fold(text: str) -> str:
    """Small letters without accents, vowel points, joiners and letter variants of Arabic script."""
    if text.isascii():
        return text.lower()
    plain = (c for c in unicodedata.normalize("NFKD", text.casefold()) if unicodedata.combining(c) < 10)
    return unicodedata.normalize("NFC", "".join(plain).translate(_SPECIAL))


_fold_word = lru_cache(50_000)(fold)


def fold_word(raw: str) -> str:
    """The folded form of a word; short ones are remembered."""
    return _fold_word(raw) if len(raw) <= _REMEMBERED else fold(raw)


def split(text: str) -> list[str]:
    """What stands before the first word, the first word, what stands between it and the second, and so on."""
    if _is_western(text):
        return _WESTERN_WORD.split(text)
    parts = _WORD.split(text)
    return parts if all(map(fold_word, parts[1::2])) else _without_marks(parts)


def _without_marks(parts: Sequence[str]) -> list[str]:
    """The same, where what is nothing but marks is no word."""
    told: list[str] = []
    gap = [parts[0]]
    for word, following in zip(parts[1::2], parts[2::2], strict=True):
        if fold_word(word):
            told += ["".join(gap), word]
            gap = [following]
        else:
            gap += [word, following]
    return [*told, "".join(gap)]


def _is_western(text: str) -> bool:
    """Whether all of it is in Windows-1252, which has no marks and no script that parts no words; no soft hyphen."""
    try:
        return text.isascii() or ("\u00ad" not in text and bool(text.encode("cp1252")))
    except UnicodeEncodeError:
        return False


def key(name: str) -> str:
    """The form in which names are compared."""
    if name.isascii():
        return " ".join(_WESTERN_WORD.findall(name.lower()))
    return " ".join(map(fold_word, split(name)[1::2]))


# The article of Arabic, with its assimilated and its French forms; it comes and goes between transliterations.
ARTICLES = frozenset([
    "al", "el", "il", "ul", "ar", "er", "ur", "as", "es", "ash", "esh", "ech", "ad", "ed", "ud", "an", "en", "un", "at",
    "et", "ut", "az", "ez", "uz", "adh", "ath",
])  # fmt: skip
_DIGRAPHS = (  # in this order
    *((long, "š") for long in ("shch", "sch", "sh", "ch")), *((long, "j") for long in ("dj", "dzh", "zh")),
    ("kh", "x"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("ts", "c"),
)  # fmt: skip
_HARD_C = re.compile("c(?=[^eiy]|$)")
_DOUBLED = re.compile(r"(.)\1+")
_W_SOUNDED = re.compile("w(?=[aeiou])")
_Y_ALONE = re.compile("(?<=[^aeiouwy])y(?=[^aeiouwy]|$)")
_GROUP = re.compile(r"([aeiouwy]*[aeiou][aeiouwy]*|\by\b)")
_ARTICLE_VOWELS, _SUN_LETTERS = frozenset("aeu"), frozenset("szrdnt")
_UNSURE = "E"  # a vowel that may be heard as a or i
LEAST_LETTERS = 4


def skeletons(name_key: str) -> tuple[str, ...]:
    """The forms under which two Latin transliterations of one name meet; () for what is no Latin name of 4+ letters.

    The article goes, digraphs become one letter, doubled letters one, and a run of vowels one of three: o and u, i and
    y, or a. An e may be heard as a or i, so a name has up to four forms.
    """
    parts = [part for part in name_key.split(" ") if part not in ARTICLES]
    if not parts or not name_key.isascii() or sum(map(len, parts)) < LEAST_LETTERS or not "".join(parts).isalpha():
        return ()
    pieces = _pieces("".join(map(_reduce, parts)))
    if sum(map(len, pieces[::2])) >= 3:  # a short name is only itself with the right one of the two
        pieces[::2] = [piece.replace("q", "k") for piece in pieces[::2]]
    return _forms(pieces)


def openings(word: str) -> tuple[str, ...]:
    """What the skeletons of longer names begin with whose first word this is; "" if that cannot be said."""
    if word in ARTICLES or not (word.isascii() and word.isalpha()):
        return ("",)
    pieces = _pieces(_reduce(word).rstrip("aeiouwy"))  # the next word may prolong its last vowels
    return tuple(dict.fromkeys(form for one in _forms(pieces) for form in (one, one.replace("q", "k"))))


def _pieces(reduced: str) -> list[str]:
    """Consonants and vowels in turn, the latter each as one capital."""
    pieces = _GROUP.split(reduced)
    pieces[1::2] = map(_vowel, pieces[1::2])
    return pieces


def _forms(pieces: list[str]) -> tuple[str, ...]:
    if _UNSURE not in pieces:
        return ("".join(pieces),)
    return tuple(itertools.islice(map("".join, itertools.product(*map(_heard, pieces))), 4))


def consonants(skeleton: str) -> int:
    """How many consonants a skeleton has: its vowels are the capitals."""
    return sum(letter.islower() for letter in skeleton)


@lru_cache(50_000)
def _reduce(part: str) -> str:
    if part[:1] in _ARTICLE_VOWELS and part[1:2] in _SUN_LETTERS and part[1:2] == part[2:3]:  # "Ezzor"
        part = part[1:]
    if "h" in part or "j" in part or "ts" in part:  # as each of them has
        for long, short in _DIGRAPHS:
            part = part.replace(long, short)
    if "c" in part:
        part = _HARD_C.sub("k", part)
    part = _DOUBLED.sub(r"\1", part.removesuffix("h"))
    if "w" in part:
        part = _W_SOUNDED.sub("v", part)
    return _Y_ALONE.sub("i", part) if "y" in part else part


def _vowel(group: str) -> str:
    if "o" in group or "u" in group or ("w" in group and len(group) > 1):
        return "U"
    if "i" in group or "y" in group or "ee" in group:
        return "IA" if group[-1] == "a" and len(group) > 1 else "I"
    return "A" if "a" in group else _UNSURE


def _heard(piece: str) -> tuple[str, ...]:
    return ("A", "I") if piece == _UNSURE else (piece,)
