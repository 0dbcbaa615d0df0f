"""The figures of a report, normalised, with the words beside them; dates, times, ages of a text's parts left out."""

import re
from dataclasses import dataclass

from monitor.core.outside import stands_outside

READ_CHARACTERS = 30_000
MOST = 120  # figures kept of a text: a longer list is a table, and is compared with nothing

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {**{w: n for n, w in enumerate(_UNITS)}, **{w: 10 * n for n, w in enumerate(_TENS, 2)}}
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
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|januar|februar|märz|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre"
    "|octubre|noviembre|diciembre"
)
_NO_FIGURE = re.compile(
    rf"""
      \b\d{{1,2}}(?:st|nd|rd|th|er)?\.?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\b\.?(?:,?\s+(?:de\s+)?\d{{4}}\b)?
    | \b(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?
    | \b\d{{4}}-\d\d-\d\d(?:T[\d:.]+Z?)?\b | \b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b
    | \b\d{{1,2}}:\d\d(?::\d\d)?(?:\s*[ap]\.?m\b\.?)? | \b\d{{1,2}}(?:\.\d\d)?\s*(?:[ap]\.?m\b\.?|o['’]clock|uhr\b)
    | \b\d{{4}}\s*(?:gmt|utc|hrs|hours\s+gmt)\b
    | \bat\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)
      (?=\s*[.,;]|\s+in\s+the\s+(?:morning|afternoon|evening))
    | \b(?:paras?|paragraphs?|page|update|item|photo|image|figure|fig|chapter|part|section|tel|phone|fax|no|nr|wrapup)
      \.?\s*\#?\d+\b
    | \b(?:in|since|by|until|till|from|before|after|during|of|early|late|mid|and|the|year)\s+(?:19|20)\d\d\b
      (?!\s+(?:people|civilians|fighters|soldiers|families|troops|men|women|children))
    | \b(?:19|20)\d\d(?=\s*(?:[.,;:)\]]|$)) | (?:©|copyright)\s*(?:19|20)\d\d
    | \b\d+(?:st|nd|rd|th)\b
    | \b\d+\s+(?:words?|comments?|shares?|views?|likes?|min(?:ute)?s?\s+(?:read|ago)|hours?\s+ago)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_WORDS = "|".join(
    sorted([*_SMALL, "hundred", "thousand", "million", "billion", "trillion", "dozen"], key=len, reverse=True)
)
_NUMBER = re.compile(
    rf"""
      (?<![^\W\d_])(?<![\w.,]-)(?<![\d.,/=&?#@])
      (?P<digits>(?>\d{{1,3}}(?:[,.٬'’\u00a0\u202f]\d{{3}})+(?!\d)(?:[.,]\d{{1,2}})?|\d+(?:[.,]\d+)?))
      (?:[-–](?P<second>\d{{1,3}})(?![\d.,]*\d))?
      (?:\s?(?P<scale>million|billion|trillion|thousand|bn|mn|tn|m|k)\b)?
      (?![^\W\d_](?<!k)(?<!m)(?<!g))
    | \b(?P<spelt>fortnight|(?:a\s+)?(?:half\s+a\s+)?(?:{_WORDS})(?:(?:\s+and\s+|[\s-]+)(?:{_WORDS}))*)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|%")
_CLAUSE_END = re.compile(r"[.!?;]\s|\n")
_NEXT_WORD = re.compile(r"[ -]?[ \t]*(?:(?:to|and|or|-|–)\s*[\d.,]+\s*)?([^\W\d_]+(?:['’][^\W\d_]+)?|%)")
_PERCENT = frozenset({"%", "percent", "per", "pct", "prozent"})
_NOT_COUNTED = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "to",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "with",
        "from",
        "is",
        "was",
        "are",
        "were",
        "had",
        "has",
        "have",
        "that",
        "who",
        "which",
        "but",
        "as",
        "it",
        "its",
        "he",
        "she",
        "they",
    ]
)
_ALONE = frozenset(
    {"one", "zero", "a", "hundred", "thousand", "million", "billion", "trillion"}
)  # too vague for a figure


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, and the words just before and after it in the same clause ("" where there is none)."""

    field: str  # "h" headline, "t" text
    value: str
    before: str
    after: str

    @property
    def shown(self) -> str:
        """The number with what it counts."""
        if "-" in self.value:  # a score counts nothing
            return self.value
        return f"{self.value}{'' if self.after == '%' else ' '}{self.after}".strip()


def find_figures(title: str, text: str) -> tuple[Figure, ...]:
    """The figures of headline and text in their order, at most MOST of them."""
    return tuple([*_figures("h", title), *_figures("t", text)][:MOST])


def dump(figure: Figure) -> str:
    """A figure as a sketch keeps it."""
    return f"{figure.field}|{figure.value}|{figure.before}|{figure.after}"


def load(line: str) -> Figure:
    """The figure that `dump` wrote."""
    field, value, before, after = line.split("|")
    return Figure(field, value, before, after)


def _figures(field: str, text: str) -> list[Figure]:
    found = []
    outside = _outside(text)
    for number in _NUMBER.finditer(text[:READ_CHARACTERS]):
        start, end = number.span()
        skipped = any(a <= start < b for a, b in outside) or _is_no_figure(text, start, end)
        before, after = _word_before(text, start), _word_after(text, end)
        if not skipped and (before or after):
            found += [Figure(field, value, _counted(before), _counted(after)) for value in _values(number)]
    return found


def _outside(text: str) -> list[tuple[int, int]]:
    lines = re.finditer(r"[^\n]+", text)
    return [line.span() for line in lines if stands_outside(line[0])]


def _is_no_figure(text: str, start: int, end: int) -> bool:
    """Whether the number is part of a date, a time, a year or a reference, by what stands around it."""
    around = max(0, start - 24), end + 24
    return any(found.start() < end and start < found.end() for found in _NO_FIGURE.finditer(text, *around))


def _values(number: re.Match[str]) -> list[str]:
    if number["spelt"]:
        return _spelt(number["spelt"].lower())
    first, second, scale = number["digits"], number["second"], (number["scale"] or "").lower()
    if second is None:
        return [_scaled(_plain(first), scale)]
    if first.isdigit() and int(first) >= int(second):  # a score, not a range
        return [f"{int(first)}-{int(second)}"]
    return [_scaled(_plain(first), scale), _scaled(_plain(second), scale)]


def _plain(digits: str) -> str:
    """Groups of three joined, a decimal point, digits of any script as 0-9."""
    digits = "".join(str(int(c)) if c.isdigit() else c for c in digits)
    whole, fraction = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}|\d{4,}))?", digits).groups()  # type: ignore[union-attr]
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
    parts = [w for w in re.split(r"[\s-]+", words) if w not in {"and", "a"}]
    if parts == ["fortnight"]:
        return ["2"]
    if "half" in parts or (len(parts) == 1 and parts[0] in _ALONE and not words.startswith("a ")):
        return []
    if not all(part in _SMALL or part in _SCALES for part in parts):
        return []  # a letter that only looks alike
    total = current = 0
    for part in parts:
        if part in _SMALL:
            current += _SMALL[part]
        elif _SCALES[part] < 1000:
            current = max(current, 1) * _SCALES[part]
        else:
            total, current = total + max(current, 1) * _SCALES[part], 0
    return [str(total + current)]


def _word_before(text: str, at: int) -> str:
    clause = _CLAUSE_END.split(text[max(0, at - 40) : at])[-1]
    words = _WORD.findall(clause)
    return words[-1] if words else ""


def _word_after(text: str, at: int) -> str:
    found = _NEXT_WORD.match(text, at, at + 40)
    return found[1] if found else ""


def _counted(word: str) -> str:
    """A word that may say what is counted; "" for one that says nothing."""
    word = word.lower()
    return "%" if word in _PERCENT else "" if word in _NOT_COUNTED else word
