"""Where the sentences of a text stand."""

import re
from functools import lru_cache

Span = tuple[int, int]

_END = re.compile(r"""(?<![.!?؟…])[.!?؟…]++["'”’»)\]]*+(?=\s)|[。！？]+[」』”]?|\n+""")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:[^\W\d_]|(?:[^\W\d_]\.)+[^\W\d_]"
    r"|Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Maj|Sgt|Capt|Gov|Sen|Rep|No|vs|approx|etc|Inc|Ltd|Co)\.$"
)


@lru_cache(4)  # the report in hand is asked about several times
def sentences(text: str) -> tuple[Span, ...]:
    """The spans of the sentences, blank ones left out; a line break always ends one."""
    spans, start = [], 0
    for end in _END.finditer(text):
        if _goes_on(text, end):
            continue
        spans.append(_trimmed(text, start, end.end()))
        start = end.end()
    spans.append(_trimmed(text, start, len(text)))
    return tuple((a, b) for a, b in spans if a < b)


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether this full stop is one of an abbreviation, or a small letter follows it."""
    if "\n" in end[0]:
        return False
    following = text[end.end() : end.end() + 8].lstrip()[:1]
    before = text[max(0, end.start() - 12) : end.start() + 1]
    return following.islower() or (end[0] == "." and _ABBREVIATION.search(before) is not None)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
