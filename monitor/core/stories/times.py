"""Which numbers of a text are dates, times, years or references, and so no figures, by what stands around them."""

import re

from monitor.core.stories.number_words import ENGLISH_UNITS, SMALL


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MONTH_NAMES = _set(
    """
    jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october
    nov november dec december janvier février mars avril mai juin juillet août septembre octobre novembre
    décembre januar februar märz juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre
    """
)
_MONTHS = "|".join(sorted(_MONTH_NAMES, key=lambda name: (-len(name), name)))
_MAY_FOLLOW = _MONTH_NAMES | _set(  # words that make the number before them a date, a time, a count of the page's own
    """
    of de a p am pm o uhr word words comment comments share shares view views like likes min mins minute minutes hour
    hours gmt utc hrs o'clock o’clock
    """
)
_AFTER_NO_FIGURE = re.compile(  # what makes the digits before it a date, a time, a count of the page's own
    rf"""
      (?:st|nd|rd|th|er)?\.?\s+(?:of\s+|de\s+)?(?:{_MONTHS})\b
    | -\d\d-\d\d(?!\d) | [/.]\d{{1,2}}[/.]\d{{2,4}}\b | :\d\d | \s*[ap]\.?m\b | \s*(?:o['’]clock|uhr)\b
    | \s+(?:words?|comments?|shares?|views?|likes?|min(?:ute)?s?\s+(?:read|ago)|hours?\s+ago)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HOUR_AFTER = {  # the word before an hour, and what may follow: "à 21 heures", "a las 21.00", "в 21 час"
    before: re.compile(after, re.IGNORECASE)
    for before, after in (
        *((word, r"\s?(?:h\b|heures?\b)") for word in ("à", "vers")),
        *((word, r"(?:[.:]\d\d|\s*(?:h\b|horas\b|[.,;]|$|de la))") for word in ("las", "às")),
        ("alle", r"(?:[.:]\d\d|\s*[.,;]|$)"),
        ("в", r"(?:[.:]\d\d|\s*час)"),
        ("о", r"(?:[.:]\d\d|\s*год)"),
        ("الساعة", ""),
    )
}
_SPELT_HOUR = {
    **dict.fromkeys(("à", "vers"), re.compile(r"\s+heures?\b")),
    "um": re.compile(r"\s+uhr\b", re.IGNORECASE),
    "в": re.compile(r"\s+час"),
    **dict.fromkeys(("las", "às", "saat", "الساعة"), re.compile(r"")),
}
_CLOCK = re.compile(r"\s*(?:gmt|utc|hrs|hours\s+gmt)\b", re.IGNORECASE)
_HOUR = re.compile(r"\s*[.,;]|\s+o['’]clock|\s+in\s+the\s+(?:morning|afternoon|evening)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_YEAR_ENDS = re.compile(r"\s*(?:[.,;:)\]]|$)", re.MULTILINE)
_NO_YEARS_BEFORE = "people civilians fighters soldiers families troops men women children"
_YEAR_COUNTS = re.compile(rf"\s+(?:{_NO_YEARS_BEFORE.replace(' ', '|')})", re.IGNORECASE)
_COUNTED = tuple(_NO_YEARS_BEFORE.split())
_ABBREVIATED = re.compile(
    r"\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|no|nr|para|fig|tel)\.\s\Z", re.IGNORECASE
)
_MONTH_AND_DAY = re.compile(rf"\b(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\Z", re.IGNORECASE)
_JOINS = frozenset("-/.:'’")
_HOURS = frozenset(ENGLISH_UNITS[1:13])
_BEFORE_YEAR = _set(
    """
    in since by until till from before after during of early late mid and the year
    """
)
_BEFORE_REFERENCE = _set(
    """
    para paras paragraph paragraphs page update item photo image figure fig chapter part section tel phone fax
    no nr wrapup
    """
)


# A number of up to three digits right between two words is none of these unless one of them is among these.
TELLING_BEFORE = _BEFORE_REFERENCE | {"copyright"} | _MONTH_NAMES | _HOUR_AFTER.keys()
TELLING_AFTER = _MAY_FOLLOW


def is_hour(text: str, end: int, number: str, before: str) -> bool:
    """Whether a spelt number is the hour of "at eight.", "at nine o'clock", "um neun Uhr", "a las nueve"."""
    before = before.lower()
    if before == "at":
        return number.lower() in _HOURS and _HOUR.match(text, end) is not None
    return (
        SMALL.get(number.lower(), 99) <= 24
        and before in _SPELT_HOUR
        and _SPELT_HOUR[before].match(text, end) is not None
    )


def is_no_figure(text: str, number: re.Match[str], before: str, after: str) -> bool:
    """Whether the number is part of a date, a time, a year or a reference, by what stands around it."""
    start, digits, end = number.start(), number["digits"], number.end("digits")
    if before in _BEFORE_REFERENCE or before == "copyright" or "©" in text[max(0, start - 2) : start]:
        return True
    if (after in _MAY_FOLLOW or text[end : end + 1] in _JOINS) and (
        _AFTER_NO_FIGURE.match(text, end) or _AFTER_NO_FIGURE.match(text, number.end())
    ):
        return True
    if len(digits) <= 2 and before in _MONTH_NAMES:
        return True
    if before in _HOUR_AFTER and _HOUR_AFTER[before].match(text, end) and len(digits) <= 5:
        return True
    if text[start - 2 : start] == ". " and _ABBREVIATED.search(text, max(0, start - 8), start):
        return True
    return len(digits) == 4 and (_CLOCK.match(text, end) is not None or _is_year(text, start, end, before))


def is_year_between(before: str, after: str) -> bool:
    """Whether four digits that may be a year are one, by the words right before and after them in small letters."""
    return before in _BEFORE_YEAR and not after.startswith(_COUNTED)


def _is_year(text: str, start: int, end: int, word: str) -> bool:
    if not _YEAR.match(text, start, end):
        return False
    if _YEAR_ENDS.match(text, end) or word in _MONTH_NAMES or _MONTH_AND_DAY.search(text, max(0, start - 24), start):
        return True
    return word in _BEFORE_YEAR and not _YEAR_COUNTS.match(text, end)
