"""Where the sentences of a text stand."""

import re
from functools import lru_cache

Span = tuple[int, int]

# All begin with one set of characters, so that the text between them is passed over at the speed of a search for these.
_END = re.compile(
    r"""[.!?؟…。！？\n](?:
      (?<=[.!?؟…])(?<![.!?؟…]{2})[.!?؟…]*+["'”’»)\]]*+(?=\s)
    | (?<=[。！？])[。！？]*[」』”]?
    | (?<=\n)\n*
    )""",
    re.VERBOSE,
)
_ABBREVIATED = "Mr|Mrs|Ms|Dr|St|Gen|Col|Lt|Maj|Sgt|Capt|Gov|Sen|Rep|No|vs|approx|etc|Inc|Ltd|Co"
_ABBREVIATION = re.compile(  # of what stands before a full stop, read backwards
    rf"(?:[^\W\d_](?:\.[^\W\d_])*|{'|'.join(word[::-1] for word in _ABBREVIATED.split('|'))})(?:$|[\s(\"“])"
)
_LONGEST = 12  # characters


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
    mark, start, after = end[0], end.start(), end.end()
    if "\n" in mark:
        return False
    if text[after : after + 8].lstrip()[:1].islower():
        return True
    before = text[max(0, start - _LONGEST) : start]
    return mark == "." and _ABBREVIATION.match(before[::-1]) is not None


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
