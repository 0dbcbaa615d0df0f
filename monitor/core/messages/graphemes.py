"""Texts cut where a reader would cut them: never inside a character as people see it, if possible between words.

The boundaries are those of Unicode Annex 29 without its rules for prepended marks and Indic conjuncts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate, takewhile, tee

ELLIPSIS = "…"
_ZWJ = "\u200d"
_LONELY_AT_END = "\u200c\u200d \t\n,;:-–—("
_HANGUL = re.compile("[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb\uac00-\ud7a3]")


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, as JavaScript counts; never less than the count of code points."""
    return len(text) + sum(char > "\uffff" for char in text)


def graphemes(text: str) -> Iterator[str]:
    """The characters as people see them, in order; together they are the text."""
    start = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or _breaks(text, start, position):
            yield text[start:position]
            start = position


def cut(text: str, limit: int, measure: Callable[[str], int] = utf16_length) -> str:
    """The text, or as much of it as measures at most `limit` together with its "…".

    `measure` is additive over graphemes. The cut falls between words where one ends in the last third.
    """
    if measure(text) <= limit:
        return text
    room = limit - measure(ELLIPSIS)
    parts, sums = tee(graphemes(text))
    totals = accumulate(map(measure, sums))
    kept = "".join(part for part, _ in takewhile(lambda pair: pair[1] <= room, zip(parts, totals, strict=True)))
    if not text[len(kept)].isspace():
        kept = _back_to_word(kept)
    return kept.rstrip(_LONELY_AT_END) + ELLIPSIS


def _back_to_word(kept: str) -> str:
    space = kept.rfind(" ")
    return kept[:space] if space > len(kept) * 2 // 3 else kept


def _breaks(text: str, start: int, position: int) -> bool:
    """Whether a grapheme that began at `start` ends before `position`."""
    before, after = text[position - 1], text[position]
    if before < "\u0300" and after < "\u0300":
        return (before, after) != ("\r", "\n")
    if _extends(after):
        return before in "\r\n"
    if _is_flag_half(before) and _is_flag_half(after):
        return (position - start) % 2 == 0
    if before == _ZWJ:
        return not _is_pictograph(after) or position - start < 2
    return not _same_syllable(before, after)


def _extends(char: str) -> bool:
    is_modifier = "\U0001f3fb" <= char <= "\U0001f3ff"
    is_tag = "\U000e0020" <= char <= "\U000e007f"
    return is_modifier or is_tag or char in "\u200c\u200d" or unicodedata.category(char) in {"Mn", "Me", "Mc"}


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_pictograph(char: str) -> bool:
    return unicodedata.category(char) in {"So", "Cn", "Sm"}


def _same_syllable(before: str, after: str) -> bool:
    """Hangul: leading consonant + vowel + final; a composed syllable takes vowels and finals after it."""
    if not (_HANGUL.match(before) and _HANGUL.match(after)):
        return False
    leads = "\u1100" <= before <= "\u115f" or "\ua960" <= before <= "\ua97c"
    follows = "\u1160" <= after <= "\u11ff" or "\ud7b0" <= after <= "\ud7fb"
    return leads or follows
