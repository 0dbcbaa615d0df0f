"""An article against all watches: which of them it satisfies, with the evidence."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TypeAlias

from monitor.core.places import Place, Toponym, locate
from monitor.core.query import And, Leaf, Near, Node, Not, Or, PlaceRef, Simple, Source, Term, Where
from monitor.core.terms import occurrences
from monitor.core.text import Folded, fold
from monitor.core.watches import Compiled, WatchSet
from monitor.model import Article, Field, Hit, Match, WatchMatch

MOST_HITS = 50  # of one watch

Span: TypeAlias = tuple[int, int]
Spans: TypeAlias = dict[Field | Source, Sequence[Span]]

_TEXTS = (Field.TITLE, Field.TEXT)


@dataclass(frozen=True, slots=True)
class Matched:
    """What an article satisfies; the `hits` of a watch are positions in these."""

    hits: tuple[Hit, ...]
    watches: tuple[WatchMatch, ...]


def match(article: Article, watches: WatchSet) -> Matched:
    """All watches that an article satisfies, in the order of the set."""
    reading = Reading(article, watches)
    hits: dict[Hit, int] = {}
    matches: list[WatchMatch] = []
    for number in reading.candidates():
        compiled = watches.watches[number]
        if compiled.condition(reading):
            used = [hits.setdefault(hit, len(hits)) for hit in evidence(reading, compiled.node)]
            matches.append(_watch_match(compiled, used))
    return Matched(tuple(hits), tuple(matches))


def split(
    article: Article, matched: Matched, partitions: int, partition_of: Callable[[str, int], int]
) -> dict[int, Match]:
    """One record for each partition that owns a watch which the article satisfies, with the hits that these use.

    An edit goes to every partition, since those who were told of the article must hear of it.
    """
    owned: dict[int, list[WatchMatch]] = {number: [] for number in range(partitions)} if article.edited else {}
    for found in matched.watches:
        owned.setdefault(partition_of(found.watch, partitions), []).append(found)
    return {number: _record(article, matched.hits, mine) for number, mine in sorted(owned.items())}


class Reading:
    """One article as a set of watches sees it: everything is worked out when first asked for, and once."""

    def __init__(self, article: Article, watches: WatchSet) -> None:
        self.article = article
        self._watches = watches
        self._spans: dict[Simple, Spans] = {}
        self._folded: dict[Field | Source, Folded] = {
            Field.TITLE: fold(article.title),
            Field.TEXT: fold(article.text),
            Source.SOURCE: fold(article.source),
        }
        self._found = {where: watches.scanner.scan(folded) for where, folded in self._folded.items()}
        self.worded = frozenset(chain.from_iterable(self._found[where] for where in _TEXTS))
        self.patterns = self.worded.union(self._found[Source.SOURCE])

    def candidates(self) -> list[int]:
        """Numbers of the watches that the article may satisfy, in order."""
        numbers: set[int] = set()
        buckets = self._watches.buckets
        for key in ("", *self.patterns):
            bucket = buckets.get(key)
            if bucket is None:
                continue
            numbers.update(bucket.always)
            if bucket.by_place:
                numbers.update(*(bucket.by_place.get(geonames_id, ()) for geonames_id in self._place_ids))
        return sorted(numbers)

    def holds(self, node: Node) -> bool:
        """Whether the article satisfies a part of a query."""
        if isinstance(node, And):
            return all(map(self.holds, node.parts))
        if isinstance(node, Or):
            return any(map(self.holds, node.parts))
        if isinstance(node, Not):
            return not self.holds(node.part)
        if isinstance(node, Near):
            return any(any(True for _ in self._pairs(node, where)) for where in _TEXTS)
        return any(self.spans(node).values())

    def hits(self, leaf: Leaf) -> list[Hit]:
        """Where the article meets a leaf, title first."""
        if not isinstance(leaf, Near):
            return [self._hit(leaf, where, span) for where in _TEXTS for span in self.spans(leaf).get(where, ())]
        found = {(where, *pair) for where in _TEXTS for pair in self._pairs(leaf, where)}
        sides = {(w, a, leaf.left) for w, a, _ in found} | {(w, b, leaf.right) for w, _, b in found}
        hits = {self._hit(side, where, span) for where, span, side in sides}
        return sorted(hits, key=_position)

    def spans(self, leaf: Simple) -> Spans:
        """Where a leaf stands in each field, in characters of the field."""
        if leaf not in self._spans:
            wheres = _fields(leaf.where)
            find = self._place_spans if isinstance(leaf, PlaceRef) else self._word_spans
            self._spans[leaf] = {where: find(leaf, where) for where in wheres}
        return self._spans[leaf]

    def written(self, leaf: Term) -> bool:
        """Whether the words of a term stand in title or text, whatever their case."""
        return all(segment.pattern in self.worded for w in self._watches.wordings[leaf] for segment in w.segments)

    def meanings(self, ref: PlaceRef) -> Sequence[Place]:
        """The place that a query means, and after it those of the same name that it does not."""
        meant = self._watches.places[ref]
        gazetteer = self._watches.gazetteer
        same = gazetteer.resolve(ref.name) if gazetteer else ()
        return [meant, *(place for place in same if place.geonames_id != meant.geonames_id)]

    def toponyms(self) -> list[Toponym]:
        """All places that title and text name."""
        return list(chain.from_iterable(self._toponyms.values()))

    def _hit(self, leaf: Simple, where: Field, span: Span) -> Hit:
        start, end = span
        return Hit(field=where, start=start, end=end, text=self._folded[where].source[start:end], what=str(leaf))

    def _word_spans(self, leaf: Simple, where: Field | Source) -> list[Span]:
        folded, found = self._folded[where], self._found[where]
        wordings = self._watches.wordings[leaf]
        if len(wordings) == 1:
            return occurrences(wordings[0], folded, found)
        return sorted({span for wording in wordings for span in occurrences(wording, folded, found)})

    def _place_spans(self, leaf: Simple, where: Field | Source) -> list[Span]:
        assert isinstance(leaf, PlaceRef)
        wanted = self._watches.places[leaf].geonames_id
        return [(t.start, t.end) for t in self._toponyms.get(where, ()) if wanted in self._around(t)]

    @cached_property
    def _toponyms(self) -> dict[Field | Source, Sequence[Toponym]]:
        assert self._watches.gazetteer is not None  # no query speaks of places without one
        title, text = locate(self.article.title, self.article.text, self._watches.gazetteer)
        return {Field.TITLE: title, Field.TEXT: text}

    @cached_property
    def _place_ids(self) -> set[int]:
        return {number for toponym in self.toponyms() for number in self._around(toponym)}

    def _around(self, toponym: Toponym) -> tuple[int, ...]:
        """A place and the region and country that it lies in."""
        assert self._watches.gazetteer is not None
        here = toponym.place.geonames_id
        return (here, *self._watches.gazetteer.ancestors(here))

    def _pairs(self, node: Near, where: Field) -> Iterator[tuple[Span, Span]]:
        """Spans of the left side with the nearest of the right before and after, where they are near enough."""
        right = self.spans(node.right).get(where, ())
        by_end = sorted(right, key=_end)
        for span in self.spans(node.left).get(where, ()):
            after = bisect_left(right, span[1], key=_start)
            if after < len(right) and self._between(where, span, right[after]) <= node.words:
                yield span, right[after]
            before = bisect_right(by_end, span[0], key=_end) - 1
            if before >= 0 and self._between(where, by_end[before], span) <= node.words:
                yield span, by_end[before]

    def _between(self, where: Field, earlier: Span, later: Span) -> int:
        """How many words stand between two spans."""
        folded = self._folded[where]
        return folded.word_of(later[0]) - folded.word_of(earlier[1] - 1) - 1


def evidence(reading: Reading, node: Node) -> list[Hit]:
    """The hits of every positive leaf that made a node true, at most 50: the first of each leaf, then as they stand."""
    found = [hits for leaf in dict.fromkeys(_met(reading, node, wanted=True)) if (hits := reading.hits(leaf))]
    foremost = dict.fromkeys(hits[0] for hits in found)
    rest = sorted({hit for hits in found for hit in hits} - foremost.keys(), key=_position)
    return sorted([*foremost, *rest][:MOST_HITS], key=_position)


def _met(reading: Reading, node: Node, *, wanted: bool) -> Iterator[Leaf]:
    if isinstance(node, Not):
        yield from _met(reading, node.part, wanted=not wanted)
    elif isinstance(node, And | Or):
        for part in node.parts:
            if reading.holds(part) == wanted:
                yield from _met(reading, part, wanted=wanted)
    elif wanted:
        yield node


def _fields(where: Where) -> Iterable[Field | Source]:
    return _TEXTS if where is None else (where,)


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _position(hit: Hit) -> tuple[bool, int, int, str]:
    return hit.field is Field.TEXT, hit.start, hit.end, hit.what


def _watch_match(compiled: Compiled, hits: Sequence[int]) -> WatchMatch:
    watch = compiled.watch
    return WatchMatch(watch=watch.id, version=compiled.version, hits=tuple(hits), settings=watch.settings)


def _record(article: Article, hits: Sequence[Hit], watches: Sequence[WatchMatch]) -> Match:
    used = sorted({number for found in watches for number in found.hits})
    place = {old: new for new, old in enumerate(used)}
    renumbered = (replace(found, hits=tuple(place[number] for number in found.hits)) for found in watches)
    return Match(article=article, hits=tuple(hits[number] for number in used), watches=tuple(renumbered))
