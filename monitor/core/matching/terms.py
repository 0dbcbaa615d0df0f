"""Terms and their wordings: one pass over an article finds every word and phrase of every watch.

A wording is cut into segments: runs of whole words, the last of which may be a prefix. Each segment is one pattern of
the scanner, spaces included, so that word boundaries cost nothing; what stands between the words, the case of an exact
spelling, and the distance of segments are looked at only where a segment was found.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TypeAlias

from ahocorasick_rs import AhoCorasick

from monitor.core.matching.query import Style, Term
from monitor.core.matching.text import Folded, exact_form, fold, gap_form, shouted
from monitor.errors import InputError

OPEN_GAP = 6  # words that "…" stands for, at most
LINE_SEEN = 300  # characters on each side of an acronym that tell whether its line is all in capitals

_ELLIPSIS = re.compile(r"\s*(?:…|\.{3,})\s*")

_ARTICLE = "ال"
_CLITICS = ("و", "ف", "ب", "ك", "ل", "وب", "ول", "وك", "فب", "فل")  # as they stand before a word, alone or in pairs

Found: TypeAlias = Mapping[str, Sequence[int]]  # pattern → offsets in the folded text
Stretch: TypeAlias = tuple[int, int]  # of whole words, in offsets of the folded text, without the spaces around


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of words that follow each other: what the scanner looks for, and what stands between them."""

    pattern: str  # " safe passage "; without the space behind it, the last word is a prefix
    gaps: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many words it has."""
        return len(self.gaps) + 1

    @property
    def words(self) -> list[str]:
        """Each word with the spaces around it; the last one's end is open where it is a prefix."""
        *whole, last = self.pattern.split()
        return [*(f" {word} " for word in whole), f" {last}{' ' * self.pattern.endswith(' ')}"]


@dataclass(frozen=True, slots=True)
class Exact:
    """A spelling to be met letter by letter; `lead` and `tail` are the signs around its words."""

    form: str
    lead: int = 0
    tail: int = 0
    prefix: bool = False
    doubtful_in_capitals: bool = False  # an acronym: where all is in capitals, it may be a word


@dataclass(frozen=True, slots=True)
class Wording:
    """Segments in their order; between two of them at most so many words, as `reaches` says; `slop` in all."""

    segments: tuple[Segment, ...]
    reaches: tuple[int, ...] = ()
    slop: int | None = None
    exact: Exact | None = None
    unless: "tuple[Wording, ...]" = ()  # an occurrence that overlaps one of these is none

    @property
    def certain(self) -> bool:
        """Whether it stands wherever its pattern does, with nothing more to look at."""
        return len(self.segments) == 1 and not (self.segments[0].gaps or self.exact or self.unless)

    @property
    def is_word(self) -> bool:
        """Whether it is one whole word, whatever its case."""
        return self.certain and self.segments[0].pattern.endswith(" ")

    @property
    def patterns(self) -> list[str]:
        """What the scanner has to look for."""
        return [s.pattern for wording in (self, *self.unless) for s in wording.segments]


class Scanner:
    """Finds all patterns of all wordings in one pass (Aho–Corasick)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = sorted(set(patterns))
        self._automaton = AhoCorasick(self._patterns, store_patterns=False)

    def scan(self, folded: Folded) -> dict[str, list[int]]:
        """Where each pattern that occurs in the text begins, in offsets of the folded text."""
        found: dict[str, list[int]] = {}
        patterns = self._patterns
        for index, start, _ in self._automaton.find_matches_as_indexes(folded.text, overlapping=True):
            found.setdefault(patterns[index], []).append(start)
        return found


def wording_of(term: Term) -> Wording:
    """How a term of a query is looked for. Raises InputError where there is nothing to look for."""
    if term.style is Style.EXACT:
        return _exactly(term.text)
    wording = read_wording(term.text)
    if term.slop:
        return _loose(wording, term.slop)
    if term.minds_case:
        prefix = term.text.endswith("*")
        exact = Exact(term.text.removesuffix("*"), prefix=prefix, doubtful_in_capitals=True)
        return Wording(wording.segments, exact=exact)
    return wording


def read_wording(text: str) -> Wording:
    """A phrase of words, each of which may end in * (a prefix), with … for up to six words in between.

    Raises InputError where a part has no words, or a * stands inside a word.
    """
    segments: list[Segment] = []
    reaches: list[int] = []
    for chunk in _ELLIPSIS.split(text):
        parts = _chunk_segments(chunk, text)
        reaches += [OPEN_GAP] * bool(segments) + [0] * (len(parts) - 1)
        segments += parts
    return Wording(tuple(segments), tuple(reaches))


def with_clitics(wording: Wording) -> tuple[Wording, ...]:
    """The same with what Arabic writes onto the first word: the article, and and, so, in, like, to.

    A word of three letters without the article takes only the article and "and": with another letter before it, it
    would too often be another word. Words of fewer letters, other scripts and exact spellings stay as they are.
    """
    first, *others = wording.segments
    word = first.pattern[1:].partition(" ")[0]
    if wording.exact is not None or len(word) < 3 or not all("\u0620" <= letter <= "\u064a" for letter in word):
        return (wording,)
    rest = first.pattern[1 + len(word) :]
    forms = (Segment(f" {form}{rest}", first.gaps) for form in dict.fromkeys([word, *_attached(word)]))
    return tuple(replace(wording, segments=(form, *others)) for form in forms)


def _attached(word: str) -> list[str]:
    stem = word.removeprefix(_ARTICLE)
    definite = [f"{clitic}{_ARTICLE}{stem}" for clitic in ("", *_CLITICS)] + [f"{c}لل{stem}" for c in ("", "و", "ف")]
    if stem != word and len(stem) >= 2:
        return definite
    return definite + [f"{clitic}{word}" for clitic in (_CLITICS if len(word) > 3 else ("و",))]


def _chunk_segments(chunk: str, whole: str) -> list[Segment]:
    """The segments of a text without …; each * ends one."""
    *prefixes, rest = chunk.split("*")
    if not all(_is_word(before[-1:]) and _sets_off(after) for before, after in pairwise([*prefixes, rest])):
        raise InputError(f"{whole!r}: * may only end a word, with white space or a hyphen behind it")
    segments = [_segment(part, whole, prefix=True) for part in prefixes]
    if rest.strip() or not prefixes:
        segments.append(_segment(rest, whole))
    return segments


def _segment(text: str, whole: str, *, prefix: bool = False) -> Segment:
    folded = fold(text)
    words = folded.text.strip()
    if not words:
        raise InputError(f"{whole!r} has no letters or digits to look for")
    gaps = tuple(folded.gap_at(space.start()) for space in re.finditer("(?<=.) (?=.)", folded.text))
    return Segment(f" {words}" if prefix else f" {words} ", gaps)


def _is_word(char: str) -> bool:
    return not fold(char).text.isspace()


def _sets_off(text: str) -> bool:
    """Whether the first word of a text, if it has any, is parted from what is before as the words of a phrase are."""
    folded = fold(text)
    start = len(text) if folded.text.isspace() else folded.original(1, 2)[0]
    return start == len(text) or (start > 0 and gap_form(text[:start]) == "")


def _exactly(quoted: str) -> Wording:
    text = quoted.strip()
    segment = _segment(text, text)
    start, end = fold(text).original(1, len(segment.pattern) - 1)
    return Wording((segment,), exact=Exact(exact_form(text), lead=start, tail=len(text) - end))


def _loose(wording: Wording, slop: int) -> Wording:
    """The same words in their order, up to `slop` others among them."""
    segments: list[Segment] = []
    for segment in wording.segments:
        *whole, last = segment.pattern.split()
        segments += [Segment(f" {word} ", ()) for word in whole]
        segments.append(Segment(f" {last} " if segment.pattern.endswith(" ") else f" {last}", ()))
    return Wording(tuple(segments), (slop,) * (len(segments) - 1), slop)


def stretches(wording: Wording, folded: Folded, found: Found) -> list[Stretch]:
    """Where a wording stands, in order and each start once."""
    first, *others = wording.segments
    if first.pattern not in found or (others and any(segment.pattern not in found for segment in others)):
        return []
    chains = _stretches(first, folded, found)
    if not others and wording.exact is None and not wording.unless:
        return chains
    for segment, reach in zip(others, wording.reaches, strict=True):
        chains = _extended(chains, _stretches(segment, folded, found), reach, folded)
    if wording.slop is not None:
        most = wording.slop + sum(segment.size for segment in wording.segments)
        chains = [(start, end) for start, end in chains if folded.text.count(" ", start, end) < most]
    if others:
        chains = sorted(dict(reversed(chains)).items())  # the first of each start
    if wording.exact is not None:
        chains = [stretch for stretch in chains if _is_exact(wording.exact, folded, stretch)]
    return _spared(chains, wording.unless, folded, found) if wording.unless else chains


def span(exact: Exact | None, folded: Folded, stretch: Stretch) -> tuple[int, int]:
    """A stretch in characters of the source, with the signs around an exact spelling."""
    start, end = folded.original(*stretch)
    return (start - exact.lead, end + exact.tail) if exact else (start, end)


def _spared(chains: list[Stretch], unless: Iterable[Wording], folded: Folded, found: Found) -> list[Stretch]:
    """The stretches that no exception overlaps."""
    against = sorted(stretch for wording in unless for stretch in stretches(wording, folded, found))
    starts = [start for start, _ in against]
    furthest = [-1, *accumulate((end for _, end in against), max)]  # of as many of them as begin before a place
    return [(start, end) for start, end in chains if furthest[bisect_left(starts, end)] <= start]


def _stretches(segment: Segment, folded: Folded, found: Found) -> list[Stretch]:
    """Where a segment stands, the last word whole where it is a prefix."""
    pattern, text = segment.pattern, folded.text
    past = len(pattern) - 1
    if pattern.endswith(" "):
        stretches = [(start + 1, start + past) for start in found[pattern]]
    else:
        stretches = [(start + 1, text.index(" ", start + past + 1)) for start in found[pattern]]
    if not segment.gaps:
        return stretches
    return [stretch for stretch in stretches if _gaps_hold(segment.gaps, stretch[0], folded)]


def _gaps_hold(gaps: tuple[str, ...], start: int, folded: Folded) -> bool:
    space = start
    for gap in gaps:
        space = folded.text.index(" ", space + 1)
        if folded.gap_at(space) != gap:
            return False
    return True


def _extended(chains: list[Stretch], follow: list[Stretch], reach: int, folded: Folded) -> list[Stretch]:
    """Chains prolonged by the segments that follow them within reach, each by way of the nearest chain before it.

    The nearest is enough: it leaves the fewest words between, and begins last of those that end before.
    """
    longer: list[Stretch] = []
    ends = [end for _, end in chains]
    for start, end in follow:
        before = bisect_left(ends, start) - 1
        if before < 0 or not folded.reaches(ends[before], start, reach):
            continue
        if reach == 0 and folded.gap_at(ends[before]):
            continue
        longer.append((chains[before][0], end))
    return longer


def _is_exact(exact: Exact, folded: Folded, stretch: Stretch) -> bool:
    source = folded.source
    start, end = span(exact, folded, stretch)
    form = exact_form(source[max(start, 0) : end])
    if not (form.startswith(exact.form) if exact.prefix else form == exact.form):
        return False
    return not (exact.doubtful_in_capitals and shouted(_line_around(source, start, end)))


def _line_around(source: str, start: int, end: int) -> str:
    before, after = source[max(start - LINE_SEEN, 0) : start], source[end : end + LINE_SEEN]
    return before.rpartition("\n")[2] + source[start:end] + after.partition("\n")[0]
