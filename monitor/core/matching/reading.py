"""One article as the watches of a layer see it: everything is worked out when first asked for, and once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import TypeAlias

from monitor.core.matching.conditions import Facts
from monitor.core.matching.layers import Layer
from monitor.core.matching.page import Page, Span
from monitor.core.matching.proximity import NOWHERE, Runs, near, pairs
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
from monitor.core.matching.terms import Found, Stretch, span, stretches
from monitor.core.matching.text import Folded
from monitor.core.places.places import Place, Toponym
from monitor.model import Article, Field, Hit

Spot: TypeAlias = tuple[bool, int, int, str]  # whether in the text, start, end, what: hits in their order

TEXTS = (Field.TITLE, Field.TEXT)
MOST_HITS = 50  # of one watch


class _Known(dict[int, bool]):
    """Whether leaves are met, by number, found out when first asked for; what the scanner did not see is not kept."""

    def __init__(self, reading: "Reading") -> None:
        self._reading, self._shown = reading, reading.shown
        self._sides, self._places = reading.layer.sides, reading.layer.place_ids

    def __missing__(self, number: int) -> bool:
        if not (number in self._shown or number in self._sides or number in self._places):
            return False
        met = self[number] = self._reading.meets(number)
        return met


class Reading:
    """One article as the watches of a layer see it."""

    def __init__(self, page: Page, layer: Layer) -> None:
        self.page, self.layer = page, layer
        self._stood: dict[tuple[int, Field | Source], Sequence[Stretch]] = {}
        self._worded: dict[tuple[int, Field], Runs] = {}
        self._spots: dict[int, Sequence[Spot]] = {}
        self._named: Set[int] | None = None
        self._sure: Mapping[int, bool] = {}  # leaves that the scanner showed to be met
        self.folded = page.folded
        self._found: dict[Field | Source, Found] = {w: layer.scanner.scan(f) for w, f in page.folded.items()}
        if layer.outside:
            outside: dict[Field | Source, Folded] = {where: page.outside(where) for where in layer.outside}
            self.folded = {**page.folded, **outside}
            self._found |= {where: layer.scanner.scan(folded) for where, folded in outside.items()}
        self.shown: set[int] = set()  # leaves of words that may be met, those that are for sure among them
        self._known = _Known(self)
        self.facts: Facts = self._known
        self._sight(self._known)

    def candidates(self) -> set[int]:
        """The watches whose keys are met: n ≥ 0 is one that is satisfied, ~n one to be evaluated."""
        postings = self.layer.postings
        of_words = postings.of_words(self.shown, self._sure.keys(), self.facts)
        return {*postings.always, *of_words, *chain.from_iterable(self._of_places())}

    def satisfied(self) -> list[int]:
        """Numbers of the watches that the article satisfies, in order."""
        facts, conditions = self.facts, self.layer.conditions
        found = self.candidates()
        if not found:
            return []
        return sorted([n if n >= 0 else ~n for n in found if n >= 0 or conditions[~n](facts)])

    def meets(self, number: int) -> bool:
        """Whether the article meets a leaf."""
        leaf = self.layer.leaves[number]
        if not isinstance(leaf, Near):
            return any(self._stands(number, where) for where in _fields(leaf.where))
        left, right = self.layer.sides[number]
        if not (self.facts[left] and self.facts[right]):
            return False
        return any(self._near(left, right, where, leaf.words) for where in TEXTS)

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

    def written(self, leaf: Term | ConceptRef) -> bool:
        """Whether the words of a term stand in title or text, whatever their case and order."""
        texts = [self.folded[where].text for where in TEXTS]
        wanted = ([word for segment in w.segments for word in segment.words] for w in self.layer.wordings[leaf])
        return any(all(any(word in text for text in texts) for word in words) for words in wanted)

    def stands_in(self, leaf: Simple, where: Field) -> bool:
        """Whether a leaf would be met if it asked for this field."""
        return self._stands(self.layer.numbers[leaf], where)

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
        sides = self.layer.sides[self.layer.numbers[node]]
        runs = ([self._runs(side, where) for side in sides] for where in TEXTS)
        return min((words for left, right in runs for *_, words in pairs(left, right)), default=None)

    def _sight(self, known: dict[int, bool]) -> None:
        found, sightings = self._found, self.layer.sightings
        patterns = found[Field.TITLE].keys() | found[Field.TEXT].keys()
        told = [sighting for sighting in map(sightings.get, patterns) if sighting]
        self._sure = dict.fromkeys(chain.from_iterable([sighting.sure for sighting in told]), True)
        known.update(self._sure)
        self.shown.update(self._sure, chain.from_iterable([sighting.open for sighting in told]))
        for where in self.layer.outside:
            seen = filter(None, map(sightings.get, found[where]))
            self.shown.update(chain.from_iterable([sighting.open for sighting in seen]))

    def _of_places(self) -> Iterator[Sequence[int]]:
        """What is filed under a place and another leaf that are met; places are not looked for where none could be."""
        facts, postings, located = self.facts, self.layer.postings, self.page.located
        by_place = postings.by_place
        firsts: Set[int] = by_place.keys() & self.shown
        if postings.place_first:
            firsts |= by_place.keys() & self._place_leaves()
        for first in firsts:
            if located or facts[first]:
                mine = by_place[first]
                if met := mine.keys() & self._place_leaves():
                    yield from [mine[place] for place in met if facts[first] and facts[place]]

    def _place_leaves(self) -> Set[int]:
        """Numbers of the leaves whose places the article names."""
        if self._named is None:
            leaves, ids = self.layer.place_leaves, self.page.place_ids
            self._named = set(chain.from_iterable([leaves[place] for place in leaves.keys() & ids]))
            self._known.update(dict.fromkeys(self._named - self.layer.fielded_places, True))
        return self._named

    def _all_spots(self, number: int) -> list[Spot]:
        leaf, what = self.layer.leaves[number], self.layer.names[number]
        if isinstance(leaf, Near):
            return sorted({spot for where in TEXTS for spot in self._near_spots(number, leaf.words, where)})
        fields = [where for where in TEXTS if leaf.where in (None, where)]
        spans = [(where, dict.fromkeys(self._in_field(number, where))) for where in fields]
        return [(where is Field.TEXT, start, end, what) for where, mine in spans for start, end in mine]

    def _near_spots(self, number: int, most: int, where: Field) -> Iterator[Spot]:
        sides = self.layer.sides[number]
        spans = [(self.layer.names[side], self._in_field(side, where)) for side in sides]
        left, right = (self._runs(side, where) for side in sides)
        for *pair, words in pairs(left, right):
            if words <= most:
                for (what, mine), at in zip(spans, pair, strict=True):
                    yield (where is Field.TEXT, *mine[at], what)

    def _near(self, left: int, right: int, where: Field, most: int) -> bool:
        one = self._runs(left, where)
        return bool(one.firsts) and near(one, self._runs(right, where), most)

    def _stands(self, number: int, where: Field | Source) -> bool:
        """Whether a leaf, no NEAR, stands in a field."""
        place = self.layer.place_ids.get(number)
        if place is None:
            return bool(self._stretches(number, where))
        return place in self.page.place_ids and where in self.page.places[place]

    def _stretches(self, number: int, where: Field | Source) -> Sequence[Stretch]:
        """Where a leaf of words stands in a field, in offsets of the folded text."""
        stood = self._stood.get((number, where))
        if stood is None:
            stood = self._stood[number, where] = self._search(number, where)
        return stood

    def _search(self, number: int, where: Field | Source) -> Sequence[Stretch]:
        starts, found, folded = self.layer.starts[number], self._found[where], self.folded[where]
        begun = [wording for pattern in starts if pattern in found for wording in starts[pattern]]
        if len(begun) < 2:
            return stretches(begun[0], folded, found) if begun else ()
        return sorted({stretch for wording in begun for stretch in stretches(wording, folded, found)})

    def _in_field(self, number: int, where: Field | Source) -> Sequence[Span]:
        """The same in characters of the field, for places as well."""
        place = self.layer.place_ids.get(number)
        if place is not None:
            return self.page.places.get(place, {}).get(where, ())
        stood, leaf = self._stretches(number, where), self.layer.leaves[number]
        if not stood:
            return ()
        assert not isinstance(leaf, Near)
        exact = self.layer.wordings[leaf][0].exact  # where there are more, none of them spells anything exactly
        return [span(exact, self.folded[where], stretch) for stretch in stood]

    def _runs(self, number: int, where: Field) -> Runs:
        """The words of a leaf, no NEAR, each time that it stands in a field."""
        runs = self._worded.get((number, where))
        if runs is None:
            runs = self._worded[number, where] = self._search_runs(number, where)
        return runs

    def _search_runs(self, number: int, where: Field) -> Runs:
        leaf, folded = self.layer.leaves[number], self.folded[where]
        assert not isinstance(leaf, Near)
        if leaf.where not in (None, where):
            return NOWHERE
        if (pattern := self.layer.single_words.get(number)) is not None:
            found = self._found[where].get(pattern)
            words = [folded.word_at(start + 1) for start in found] if found else ()
            return Runs(words, words)
        if number in self.layer.place_ids:
            spans = self._in_field(number, where)
            return Runs([folded.word_from(a) for a, _ in spans], [folded.word_of(b - 1) for _, b in spans])
        stood = self._stretches(number, where)
        if not stood:
            return NOWHERE
        return Runs([folded.word_at(start) for start, _ in stood], [folded.word_at(end - 1) for _, end in stood])


def hit(article: Article, spot: Spot) -> Hit:
    """A spot of the article with its text."""
    in_text, start, end, what = spot
    where, source = (Field.TEXT, article.text) if in_text else (Field.TITLE, article.title)
    return Hit(field=where, start=start, end=end, text=source[start:end], what=what)


def _fields(where: Where) -> Iterable[Field | Source]:
    return TEXTS if where is None else (where,)
