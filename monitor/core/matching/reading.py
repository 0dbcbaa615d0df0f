"""One article as the watches of a layer see it: everything is worked out when first asked for, and once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import TypeAlias

from monitor.core.matching.conditions import Facts
from monitor.core.matching.layers import Layer
from monitor.core.matching.page import Page, Span, Spans
from monitor.core.matching.query import (
    And,
    ConceptRef,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    PlaceRef,
    Simple,
    Source,
    Term,
    Where,
)
from monitor.core.matching.terms import Found, occurrences
from monitor.core.matching.text import Folded
from monitor.core.places.places import Place, Toponym
from monitor.model import Article, Field, Hit

Spot: TypeAlias = tuple[bool, int, int, str]  # whether in the text, start, end, what: hits in their order

TEXTS = (Field.TITLE, Field.TEXT)
MOST_HITS = 50  # of one watch


class _Known(dict[int, bool]):
    """Whether leaves are met, by number, found out when first asked for; what the scanner did not see is not kept."""

    def __init__(self, reading: "Reading") -> None:
        self._reading, self._shown, self._others = reading, reading.shown, reading.layer.unscanned

    def __missing__(self, number: int) -> bool:
        if number not in self._shown and number not in self._others:
            return False
        met = self[number] = self._reading.meets(number)
        return met


class Reading:
    """One article as the watches of a layer see it."""

    def __init__(self, page: Page, layer: Layer) -> None:
        self.page, self.layer = page, layer
        self._spans: dict[int, Spans] = {}
        self._runs: dict[tuple[int, Field], list[Span]] = {}
        self._spots: dict[int, Sequence[Spot]] = {}
        self.folded = page.folded
        self._found: dict[Field | Source, Found] = {w: layer.scanner.scan(f) for w, f in page.folded.items()}
        if layer.outside:
            outside: dict[Field | Source, Folded] = {where: page.outside(where) for where in layer.outside}
            self.folded = {**page.folded, **outside}
            self._found |= {where: layer.scanner.scan(folded) for where, folded in outside.items()}
        self.shown: set[int] = set()  # leaves of words that may be met, those that are for sure among them
        known = _Known(self)
        self.facts: Facts = known
        self._sight(known)

    def candidates(self) -> set[int]:
        """The watches whose keys are met: n ≥ 0 is one that is satisfied, ~n one to be evaluated."""
        return set(self.layer.unfiled).union(*self._postings())

    def satisfied(self) -> list[int]:
        """Numbers of the watches that the article satisfies, in order."""
        facts, conditions = self.facts, self.layer.conditions
        found = self.candidates()
        return sorted([n if n >= 0 else ~n for n in found if n >= 0 or conditions[~n](facts)])

    def meets(self, number: int) -> bool:
        """Whether the article meets a leaf."""
        leaf = self.layer.leaves[number]
        if isinstance(leaf, Near):
            return all(self.facts[self.layer.numbers[side]] for side in (leaf.left, leaf.right)) and bool(
                self.spots(number)
            )
        return any(self.spans(number).values())

    def holds(self, node: Node) -> bool:
        """Whether the article satisfies a part of a query."""
        if isinstance(node, And):
            return all(map(self.holds, node.parts))
        if isinstance(node, Or):
            return any(map(self.holds, node.parts))
        if isinstance(node, Not):
            return not self.holds(node.part)
        return self.facts[self.layer.numbers[node]]

    def spots(self, number: int) -> Sequence[Spot]:
        """Where the article meets a leaf: the first 50, since no watch keeps more."""
        spots = self._spots.get(number)
        if spots is None:
            spots = self._spots[number] = self._all_spots(number)[:MOST_HITS]
        return spots

    def hits(self, leaf: Leaf) -> list[Hit]:
        """Where the article meets a leaf, title first."""
        return [hit(self.page.article, spot) for spot in self._all_spots(self.layer.numbers[leaf])]

    def spans(self, number: int) -> Spans:
        """Where a leaf, no NEAR, stands in each field, in characters of the field."""
        spans = self._spans.get(number)
        if spans is None:
            leaf = self.layer.leaves[number]
            assert not isinstance(leaf, Near)
            spans = self._spans[number] = {where: self._in_field(number, where) for where in _fields(leaf.where)}
        return spans

    def written(self, leaf: Term | ConceptRef) -> bool:
        """Whether the words of a term stand in title or text, whatever their case and order."""
        texts = [self.folded[where].text for where in TEXTS]
        wanted = ([word for segment in w.segments for word in segment.words] for w in self.layer.wordings[leaf])
        return any(all(any(word in text for text in texts) for word in words) for words in wanted)

    def stands_in(self, leaf: Simple, where: Field) -> bool:
        """Whether a leaf would be met if it asked for this field."""
        return bool(self._in_field(self.layer.numbers[leaf], where))

    def meanings(self, ref: PlaceRef) -> Sequence[Place]:
        """The place that a query means, and after it those of the same name that it does not."""
        meant = self.layer.places[ref]
        same = self.page.gazetteer.resolve(ref.name) if self.page.gazetteer else ()
        return [meant, *(place for place in same if place.geonames_id != meant.geonames_id)]

    def toponyms(self) -> list[Toponym]:
        """All places that title and text name."""
        return list(chain.from_iterable(self.page.toponyms.values()))

    def nearest(self, node: Near) -> int | None:
        """How many words part the two sides where they are nearest; None where no field has both."""
        return min((words for where in TEXTS for _, words in self._pairs(node, where)), default=None)

    def _sight(self, known: dict[int, bool]) -> None:
        sightings, shown = self.layer.sightings, self.shown
        for where, found in self._found.items():
            for pattern in found:
                seen = sightings.get(pattern)
                if seen is None:
                    continue
                if not isinstance(where, Source):
                    known.update(seen.sure)
                shown.update(seen.open)
        shown.update(known)

    def _postings(self) -> Iterator[Sequence[int]]:
        """The postings whose keys are met."""
        facts, shown, every = self.facts, self.shown, self.layer.filed
        for first in [*shown, *self._place_leaves] if self.layer.place_first else list(shown):
            filed = every.get(first)
            if filed is None:
                continue
            if filed.alone and facts[first]:
                yield filed.alone
            if filed.by_word and (words := filed.by_word.keys() & shown) and facts[first]:
                yield from [filed.by_word[number] for number in words if facts[number]]
            if filed.by_place and (self.page.located or facts[first]):
                places = filed.by_place.keys() & self._place_leaves
                yield from [filed.by_place[number] for number in places if facts[first] and facts[number]]

    @cached_property
    def _place_leaves(self) -> set[int]:
        """Numbers of the leaves whose places the article names."""
        leaves = self.layer.place_leaves
        return {number for place in leaves.keys() & self.page.places.keys() for number in leaves[place]}

    def _all_spots(self, number: int) -> list[Spot]:
        leaf, what = self.layer.leaves[number], self.layer.names[number]
        if not isinstance(leaf, Near):
            spans = self.spans(number)
            in_title = [(False, start, end, what) for start, end in spans.get(Field.TITLE, ())]
            return in_title + [(True, start, end, what) for start, end in spans.get(Field.TEXT, ())]
        sides = [self.layer.names[self.layer.numbers[side]] for side in (leaf.left, leaf.right)]
        near = {
            (where is Field.TEXT, *span, what)
            for where in TEXTS
            for pair, words in self._pairs(leaf, where)
            if words <= leaf.words
            for span, what in zip(pair, sides, strict=True)
        }
        return sorted(near)

    def _in_field(self, number: int, where: Field | Source) -> Sequence[Span]:
        starts = self.layer.starts.get(number)
        if starts is None:
            return self.page.places.get(self.layer.place_ids[number], {}).get(where, ())
        found = self._found[where]
        begun = [wording for pattern in starts.keys() & found.keys() for wording in starts[pattern]]
        if not begun:
            return ()
        folded = self.folded[where]
        if len(begun) == 1:
            return occurrences(begun[0], folded, found)
        return sorted({span for wording in begun for span in occurrences(wording, folded, found)})

    def _pairs(self, node: Near, where: Field) -> Iterator[tuple[tuple[Span, Span], int]]:
        """Spans of the left side with the nearest of the right before and after, and the words between."""
        left, right = (self.layer.numbers[side] for side in (node.left, node.right))
        lefts, rights = self._words(left, where), self._words(right, where)
        by_end = sorted(range(len(rights)), key=lambda at: rights[at][1])
        ends = [rights[at][1] for at in by_end]
        for at, (first, last) in enumerate(lefts):
            span = self._spans[left][where][at]
            after = bisect_right(rights, last, key=_start)
            if after < len(rights):
                yield (span, self._spans[right][where][after]), rights[after][0] - last - 1
            before = bisect_left(ends, first) - 1
            if before >= 0:
                yield (span, self._spans[right][where][by_end[before]]), first - ends[before] - 1

    def _words(self, number: int, where: Field) -> list[Span]:
        """The first and the last word of each span of a leaf."""
        key = number, where
        if key not in self._runs:
            folded = self.folded[where]
            spans = self.spans(number).get(where, ())
            self._runs[key] = [(folded.word_from(start), folded.word_of(end - 1)) for start, end in spans]
        return self._runs[key]


def hit(article: Article, spot: Spot) -> Hit:
    """A spot of the article with its text."""
    in_text, start, end, what = spot
    where, source = (Field.TEXT, article.text) if in_text else (Field.TITLE, article.title)
    return Hit(field=where, start=start, end=end, text=source[start:end], what=what)


def _fields(where: Where) -> Iterable[Field | Source]:
    return TEXTS if where is None else (where,)


_start = itemgetter(0)
