"""What a number counts: the words beside it that say something."""

import re
from itertools import takewhile


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_NOT_COUNTED = _set(
    """
    a an the and or to of in on at by for with from is was are were has had have that who which but as it its he
    she they
    """
)
_PERCENT = frozenset({"%", "percent", "per", "pct", "prozent"})
_PLURALS = _set(
    "people men women children police dead wounded injured killed homeless missing troops staff crew % percent"
)
_NEXT_WORDS = re.compile(r"[ -]?[ \t]*((?:[^\W\d_]+[ -]){1,3}[^\W\d_]+|[^\W\d_]+)")


def counted(word: str) -> str:
    """A word that may say what is counted; "" for one that says nothing."""
    word = word.lower()
    return "%" if word in _PERCENT else "" if word in _NOT_COUNTED else word


def what_is_counted(text: str, end: int, after: str) -> str:
    """The first plural among the next words, where the one just after is none; "" where it is, or none follows."""
    if not after or _is_plural(after.lower()):
        return ""
    following = _NEXT_WORDS.match(text, end, end + 60)
    words = following[1].lower().split() if following else []
    return next((word for word in takewhile(lambda w: w not in _NOT_COUNTED, words) if _is_plural(word)), "")


def _is_plural(word: str) -> bool:
    return word in _PLURALS or (len(word) > 3 and word.endswith("s") and word[-2] not in "isu")
