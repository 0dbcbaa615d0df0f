"""The figures of a report, normalised, with the words beside them; dates, times, ages of a text's parts left out."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from monitor.core.reports.words import UNSPACED
from monitor.core.stories.counted import counted, what_is_counted
from monitor.core.stories.number_words import SMALL
from monitor.core.stories.outside import stands_outside
from monitor.core.stories.times import TELLING_AFTER, TELLING_BEFORE, is_hour, is_no_figure, is_year_between

READ_CHARACTERS = 30_000
LONGEST = 30  # digits or words of a number; what is longer counts nothing
NEAR = 40  # characters on each side in which the words beside a number are looked for
MOST = 120  # figures kept of a text: a longer list is a table, and is compared with nothing


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "k": 1000,
    "million": 10**6,
    "m": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "tn": 10**12,
}
_WORDS = "|".join(
    sorted([*SMALL, "hundred", "thousand", "million", "billion", "trillion", "dozen"], key=len, reverse=True)
)
NUMBER_WORDS = " ".join([*SMALL, "hundred thousand million billion trillion dozen fortnight"])
_DIGITS = re.compile(
    rf"""
      (?<![^\W{UNSPACED}])(?<![.,-])(?<![\d.,/=&?#@])(?<!\d:)
      (?P<digits>(?>\d{{1,3}}(?:[,.٬'’\u00a0\u202f]\d{{3}}|[ ]000)+(?!\d)(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d+)?))
      (?:[-–](?P<second>\d{{1,3}})(?![\d.,]*\d))?
      (?:\s?(?P<scale>million|billion|trillion|thousand|bn|mn|tn|m|k)\b)?
      (?![^\W\d_{UNSPACED}](?<!k)(?<!m)(?<!g))
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Most figures: "killed 48 people". What this matches is read as the other patterns would, in a fifth of the time.
_BETWEEN_WORDS = re.compile(r"([A-Za-z]{1,18}) ([0-9]{1,4}) ([A-Za-z]{1,30})(?![\w'’])")
_READ_FURTHER = TELLING_AFTER | _SCALES.keys() | {"to", "and", "or"}
_CENTURIES = ("19", "20")
_AND = r"(?:\s+(?:and|et|y)\s+|[\s-]+)"
_SPELT = re.compile(
    rf"\b(?:fortnight|(?:a\s+|أحد\s+)?(?:half\s+a\s+)?(?:{_WORDS})(?:{_AND}(?:{_WORDS}))*)\b", re.IGNORECASE
)
_EIGHTY, _ELEVEN = re.compile(r"quatre[\s-]vingts?"), re.compile(r"أحد\s+عشرة?")
_IS_UNSPACED = re.compile(f"[{UNSPACED}]")
_BEFORE = re.compile(  # of a text read backwards, up to the end of a clause
    r"(?:[^\w\s%]|[\d_]|[^\S\n](?![.!?;]))*([^\W\d_]+(?:['’][^\W\d_]+)?|%)?"
)
_NEXT_WORD = re.compile(r"[ -]?[ \t]*(?:(?:to|and|or|-|–)\s*[\d.,]+\s*)?([^\W\d_]+(?:['’][^\W\d_]+)?|%)")
_JOINED = re.compile(r"\s*(?:to|–|-|(and))\s*")
_PARTS = re.compile(r"(.*?)(?:[.,](\d{1,2}|\d{4,}))?")
_ALONE = frozenset(
    {"one", "zero", "a", "hundred", "thousand", "million", "billion", "trillion"}
)  # too vague for a figure


class Figure(NamedTuple):
    """A number, and the words just before and after it in the same clause ("" where there is none)."""

    field: str  # "h" headline, "t" text
    value: str
    before: str
    after: str
    counted: str = ""  # what it counts, where that is not the word after: fighters of "260 local fighters"
    span: str = ""  # "300 to 400" where it is an end of that

    @property
    def shown(self) -> str:
        """The number with what it counts."""
        if "-" in self.value:  # a score counts nothing
            return self.value
        counted = self.counted or self.after
        return f"{self.span or self.value}{'' if counted == '%' else ' '}{counted}".strip()


def find_figures(text: str, candidates: Sequence[int], body: int, outside: Sequence[int]) -> tuple[Figure, ...]:
    """The figures of a text in their order, at most MOST of them.

    `candidates` are the starts of the words that have a digit first or are NUMBER_WORDS, the first `body` characters
    are the headline, `outside` are the starts of the OUTSIDE_WORDS, in order.
    """
    found: list[Figure] = []
    end = 0
    last: tuple[int, int] | None = None
    for start in candidates:
        if end <= start < body + READ_CHARACTERS and len(found) < MOST:
            field = "t" if start >= body else "h"
            span, read = _between_words(text, start, field, outside) or _any(text, start, field, outside)
            if span is not None:
                if found and len(read) == 1 and not found[-1].span and _makes_span(text, last, span[0]):
                    read.insert(0, found.pop())
                found += _spanned(read) if len(read) == 2 else read
                end, last = span[1], span if read else None
    return tuple(found[:MOST])


def dump(figure: Figure) -> str:
    """A figure as a sketch keeps it."""
    return "|".join(figure).rstrip("|") if figure.counted or figure.span else "|".join(figure[:4])


def load(line: str) -> Figure:
    """The figure that `dump` wrote."""
    return Figure(*line.split("|"))


def _begin(text: str, start: int) -> int:
    """Where a number begins that may be spelt "a dozen" or "half a million"."""
    before = text[max(0, start - 7) : start].lower()
    if before.endswith("أحد "):  # eleven: one and ten
        return start - 4
    return start - 7 if before == "half a " else start - 2 if before.endswith(" a ") or before == "a " else start


_Read: TypeAlias = tuple[tuple[int, int] | None, list["Figure"]]  # where a number stands, if one does, and its figures


def _between_words(text: str, start: int, field: str, outside: Sequence[int]) -> _Read | None:
    found = _BETWEEN_WORDS.match(text, text.rfind(" ", max(0, start - NEAR), start - 1) + 1)
    if found is None or found.start(2) != start:
        return None
    before, digits, after = found.groups()
    small, follows = before.lower(), after.lower()
    if small in TELLING_BEFORE or follows in _READ_FURTHER:
        return None
    end = found.end(2)
    if len(digits) == 4:
        return ((start, end), []) if digits[:2] in _CENTURIES and is_year_between(small, follows) else None
    if _stands_outside(text, start, outside):
        return (start, end), []
    noun = what_is_counted(text, end, after)
    return (start, end), [Figure(field, digits.lstrip("0") or "0", counted(small), counted(follows), noun)]


def _any(text: str, start: int, field: str, outside: Sequence[int]) -> _Read:
    digits = text[start].isdecimal()
    number = _DIGITS.match(text, start) if digits else _SPELT.match(text, _begin(text, start))
    return (None, []) if number is None else (number.span(), _read(text, number, field, outside))


def _read(text: str, number: re.Match[str], field: str, outside: Sequence[int]) -> list[Figure]:
    values = _values(number)
    if not values:
        return []
    start, end = number.span()
    before, after = _word_before(text, start), _word_after(text, end)
    if not before.isascii() and _IS_UNSPACED.match(before[-1]):
        before = before[-1]
    if not after.isascii() and _IS_UNSPACED.match(after):
        after = after[0]
    if not (before or after):
        return []
    if number.re is _SPELT:
        skipped = is_hour(text, number.end(), number[0], before)
    else:
        near = text[max(0, start - 20) : start].rstrip(" #.\u00a0").endswith(before)
        skipped = is_no_figure(text, number, before.lower() if near else "", after.lower())
    if skipped or _stands_outside(text, start, outside):
        return []
    noun = what_is_counted(text, end, after)
    return [Figure(field, value, counted(before), counted(after), noun) for value in values]


def _makes_span(text: str, first: tuple[int, int] | None, second: int) -> bool:
    """Whether two numbers are the ends of "300 to 400", and not of a way from one to the other."""
    if first is None or (joined := _JOINED.fullmatch(text, first[1], second)) is None:
        return False
    before = _word_before(text, first[0]).lower()
    return before == "between" if joined[1] else before not in {"from", "between"}


def _spanned(ends: Sequence[Figure]) -> list[Figure]:
    first, last = ends
    return [end._replace(span=f"{first.value} to {last.value}", counted=last.counted) for end in ends]


def _stands_outside(text: str, at: int, outside: Sequence[int]) -> bool:
    """Whether the line around a place is no part of the report, or the sentence, which may follow it in its line."""
    begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    end = end if end >= 0 else len(text)
    if bisect_left(outside, begin) == bisect_left(outside, end):
        return False
    line = text[begin:end]
    opens = max(text.rfind(mark, begin, at) for mark in (". ", "! ", "? "))
    return stands_outside(line) or (opens >= 0 and stands_outside(text[opens + 2 : at]))


def _values(number: re.Match[str]) -> list[str]:
    if number.re is _SPELT:
        return _spelt(number[0].lower())
    first, second, scale = number["digits"], number["second"], (number["scale"] or "").lower()
    if len(first) > LONGEST:
        return []
    if second is None:
        return [_scaled(_plain(first), scale)]
    if first.isdigit() and int(first) >= int(second):  # a score, not a range
        return [f"{int(first)}-{int(second)}"]
    return [_scaled(_plain(first), scale), _scaled(_plain(second), scale)]


def _plain(digits: str) -> str:
    """Groups of three joined, a decimal point, digits of any script as 0-9."""
    if not digits.isascii():
        digits = "".join(str(int(c)) if c.isdecimal() else c for c in digits)
    if digits.isdecimal():
        return digits.lstrip("0") or "0"
    whole, fraction = _PARTS.fullmatch(digits).groups()  # type: ignore[union-attr]
    whole = re.sub(r"\D", "", whole).lstrip("0") or "0"
    fraction = (fraction or "").rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _scaled(value: str, scale: str) -> str:
    if scale not in _SCALES:
        return value
    whole, _, fraction = value.partition(".")
    exact = int(whole + fraction) * _SCALES[scale]
    return str(exact // 10 ** len(fraction))


def _spelt(words: str) -> list[str]:
    if words in _ALONE:
        return []
    if words in SMALL:
        return [str(SMALL[words])]
    parts = [
        w
        for w in re.split(r"[\s-]+", _ELEVEN.sub("onze", _EIGHTY.sub("ochenta", words)))
        if w not in {"and", "et", "y", "a"}
    ]
    if parts == ["fortnight"]:
        return ["2"]
    if len(parts) > LONGEST:
        return []
    if "half" in parts or (len(parts) == 1 and parts[0] in _ALONE and not words.startswith("a ")):
        return []
    if not all(part in SMALL or part in _SCALES for part in parts):
        return []  # a letter that only looks alike
    return [str(_sum(parts))]


def _sum(parts: Sequence[str]) -> int:
    """What number words say together: three hundred and five."""
    total = current = 0
    for part in parts:
        if part in SMALL:
            current += SMALL[part]
        elif _SCALES[part] < 1000:
            current = max(current, 1) * _SCALES[part]
        else:
            total, current = total + max(current, 1) * _SCALES[part], 0
    return total + current


def _word_before(text: str, at: int) -> str:
    found = _BEFORE.match(text[max(0, at - NEAR) : at][::-1])
    return found[1][::-1] if found and found[1] else ""


def _word_after(text: str, at: int) -> str:
    found = _NEXT_WORD.match(text, at, at + NEAR)
    return found[1] if found else ""
