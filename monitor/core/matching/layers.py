"""Watches filed so that an article finds its own: which can be satisfied is known before any is evaluated.

Every watch has clauses of which an article must meet at least one leaf. A watch is filed under its rarest clause of
words and, below that, under another clause (the presearcher of Luwak, now Apache Lucene Monitor, keyed by document
frequency, and a second required key). Where these two are all that the query says, nothing is left to evaluate.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from monitor.core.matching.clauses import Clause, clauses, placed, rest, wordy
from monitor.core.matching.conditions import Condition, Proof, certain, condition, proof
from monitor.core.matching.meanings import Meanings, Starts, Worded
from monitor.core.matching.postings import Filing, Postings
from monitor.core.matching.query import And, Leaf, Near, Node, Not, Or, PlaceRef, Simple, Source, leaves
from monitor.core.matching.terms import Scanner, Wording
from monitor.core.places.places import Place
from monitor.errors import QueryError
from monitor.model import Watch, WatchSettings

_PLACE_FREQUENCY = {"country": 0.1, "region": 0.02, "city": 0.003, "county": 0.003}
_OUTSIDE_FREQUENCY = {Source.SOURCE: 0.1, Source.LANG: 0.5}
_RARE = 0.05  # words up to here narrow as well as a place does, and need no places found
_MOST_PAIRS = 64  # of leaves that one watch is filed under; else only under those of one clause


@dataclass(frozen=True, slots=True)
class Compiled:
    """One watch, ready to be filed: its tree, the same with NOT before leaves only, and its content hash."""

    watch: Watch
    node: Node
    plain: Node
    version: str


class Record(NamedTuple):
    """What a match takes from a watch, close together in memory, where most of the time goes."""

    id: str
    version: str
    settings: WatchSettings
    proof: Proof | tuple[int, ...]  # the leaves that prove it, or what tells them


@dataclass(slots=True)
class Sightings:
    """The leaves that a pattern of the scanner shows, by number: those met for sure, and those to be looked at."""

    sure: list[int] = field(default_factory=list)
    open: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layer:
    """Watches filed together. Nothing changes in it once it is made."""

    watches: tuple[Compiled, ...]
    leaves: tuple[Leaf, ...]
    numbers: Mapping[Leaf, int]
    names: tuple[str, ...]  # of the leaves, as queries write them
    scanner: Scanner
    wordings: Mapping[Simple, tuple[Wording, ...]]
    starts: Mapping[int, Starts]  # by number of a leaf
    single_words: Mapping[int, str]  # the patterns of leaves that are one whole word, whatever its case
    places: Mapping[PlaceRef, Place]
    sightings: Mapping[str, Sightings]  # by pattern
    sides: Mapping[int, tuple[int, int]]  # of each NEAR
    place_ids: Mapping[int, int]  # GeoNames ids by number of a leaf
    place_leaves: Mapping[int, Sequence[int]]  # and the other way round
    fielded_places: Set[int]  # those of these leaves that ask for one field
    postings: Postings
    conditions: Mapping[int, Condition]  # of the watches to be evaluated: what their keys leave open
    records: Sequence[Record]
    outside: Set[Source]  # the fields, besides title and text, that queries speak of
    by_id: Mapping[str, int]  # numbers of the watches


def layer(watches: Iterable[Compiled], meanings: Meanings) -> Layer:
    """These watches filed together. Raises QueryError, naming the watch, for the first that cannot be used."""
    filing = _Filing(meanings)
    for compiled in watches:
        try:
            filing.add(compiled)
        except QueryError as error:
            message = f"watch {compiled.watch.id!r}: {error.message}"
            raise QueryError(message, error.line, error.column) from error
    return filing.layer()


class Checker:
    """Tells of one watch after another whether it can be used; what names mean is looked up once for all of them."""

    def __init__(self, meanings: Meanings) -> None:
        self._filing = _Filing(meanings)

    def check(self, compiled: Compiled) -> None:
        """Raises QueryError for a watch that cannot be used."""
        self._filing.add(compiled)


class _Filing:
    """A layer in the making."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings
        self._watches: list[Compiled] = []
        self._numbers: dict[Leaf, int] = {}
        self._wordings: dict[Simple, tuple[Wording, ...]] = {}
        self._starts: dict[int, Starts] = {}
        self._places: dict[PlaceRef, Place] = {}
        self._place_ids: dict[int, int] = {}
        self._sightings: dict[str, Sightings] = {}
        self._place_leaves: dict[int, list[int]] = {}
        self._filing = Filing()
        self._conditions: dict[int, Condition] = {}
        self._records: list[Record] = []
        self._settings: dict[str, WatchSettings] = {}  # equal ones are kept once
        self._scanned: set[int] = set()  # leaves of which the scanner tells all
        self._weights: dict[Simple, float] = {}

    def add(self, compiled: Compiled) -> None:
        """File a watch. Raises QueryError, leaving the layer as it was but for names looked up."""
        for leaf in leaves(compiled.node):
            if leaf not in self._numbers:
                self._number(leaf)
        required = clauses(compiled.plain, self._weight)
        if not required and not compiled.watch.allow_all:
            raise QueryError(
                "this could match every article, since nothing in it must be there; "
                "add a term that must, or say allow_all: true"
            )
        keys = self._keys(required)
        number, left = len(self._watches), rest(compiled.plain, keys)
        self._file(keys, number, left)
        if left is not None:
            self._conditions[number] = condition(left, self._numbers, self._scanned)
        self._records.append(self._record(compiled))
        self._watches.append(compiled)

    def layer(self) -> Layer:
        """The finished layer."""
        patterns = (pattern for many in self._wordings.values() for wording in many for pattern in wording.patterns)
        return Layer(
            watches=tuple(self._watches),
            leaves=tuple(self._numbers),
            numbers=self._numbers,
            names=tuple(map(str, self._numbers)),
            scanner=Scanner(patterns),
            wordings=self._wordings,
            starts=self._starts,
            single_words={
                self._numbers[leaf]: wordings[0].segments[0].pattern
                for leaf, wordings in self._wordings.items()
                if len(wordings) == 1 and wordings[0].is_word
            },
            places=self._places,
            sightings=self._sightings,
            sides={
                number: (self._numbers[leaf.left], self._numbers[leaf.right])
                for leaf, number in self._numbers.items()
                if isinstance(leaf, Near)
            },
            place_ids=self._place_ids,
            place_leaves=self._place_leaves,
            fielded_places={self._numbers[ref] for ref in self._places if ref.where is not None},
            postings=self._filing.postings(len(self._numbers)),
            conditions=self._conditions,
            records=tuple(self._records),
            outside={leaf.where for leaf in self._wordings if isinstance(leaf.where, Source)},
            by_id={compiled.watch.id: number for number, compiled in enumerate(self._watches)},
        )

    def _record(self, compiled: Compiled) -> Record:
        watch, told = compiled.watch, certain(compiled.plain, self._numbers)
        settings = self._settings.setdefault(repr(watch.settings), watch.settings)
        proven = proof(compiled.plain, self._numbers, self._scanned) if told is None else told
        return Record(watch.id, compiled.version, settings, proven)

    def _number(self, leaf: Leaf) -> None:
        """Give a leaf its number, after those of its sides. Raises QueryError for a name that is unknown."""
        if isinstance(leaf, Near):
            for side in (leaf.left, leaf.right):
                if side not in self._numbers:
                    self._number(side)
        number = len(self._numbers)
        if isinstance(leaf, PlaceRef):
            place = self._places[leaf] = self._meanings.place(leaf)
            self._place_ids[number] = place.geonames_id
            self._place_leaves.setdefault(place.geonames_id, []).append(number)
        elif not isinstance(leaf, Near):
            worded = self._meanings.worded(leaf)
            self._wordings[leaf] = worded.wordings
            self._starts[number] = worded.starts
            self._show(leaf, number, worded)
        self._numbers[leaf] = number

    def _show(self, leaf: Simple, number: int, worded: Worded) -> None:
        """Note the patterns that show a leaf: of each wording its rarest segment."""
        for wording, pattern in zip(worded.wordings, worded.rarest, strict=True):
            sightings = self._sightings.setdefault(pattern, Sightings())
            if leaf.where is None and wording.certain:
                sightings.sure.append(number)
            else:
                sightings.open.append(number)
        if leaf.where is None and all(wording.certain for wording in worded.wordings):
            self._scanned.add(number)

    def _keys(self, required: Sequence[Clause]) -> list[Clause]:
        """The one or two clauses to file a watch under: words first, since finding places costs the most."""
        if not required:
            return []
        first = min(filter(wordy, required), key=self._weight, default=None) or min(required, key=self._weight)
        others = sorted((clause for clause in required if clause != first), key=self._weight)
        few = [clause for clause in others if len(clause) * len(first) <= _MOST_PAIRS]
        words = [clause for clause in few if wordy(clause) and self._weight(clause) <= _RARE]
        return [first, *[*words, *filter(placed, few), *few][:1]]

    def _file(self, keys: Sequence[Clause], number: int, left: Node | None) -> None:
        posted, spoiled = number if left is None else ~number, self._spoiled_by(left)
        if not keys:
            self._filing.always(posted)
        pairs = product(*keys) if len(keys) > 1 else ((leaf, leaf) for clause in keys for leaf in clause)
        for one, other in pairs:
            first, second = (other, one) if isinstance(one, PlaceRef) else (one, other)
            numbers = self._numbers[first], self._numbers[second]
            if isinstance(second, PlaceRef):
                self._filing.place(*numbers, posted, alone=isinstance(first, PlaceRef))
            else:
                self._filing.words(*numbers, posted if spoiled is None else number, spoiled)

    def _spoiled_by(self, left: Node | None) -> int | None:
        """The leaf of the scanner without which the keys of a watch satisfy it, where there is just one."""
        if not isinstance(left, Not) or isinstance(left.part, And | Or | Not):
            return None
        number = self._numbers[left.part]
        return number if number in self._scanned else None

    def _weight(self, clause: Clause) -> float:
        return sum(map(self._leaf_weight, clause))

    def _leaf_weight(self, leaf: Simple) -> float:
        if leaf not in self._weights:
            self._weights[leaf] = self._reckon(leaf)
        return self._weights[leaf]

    def _reckon(self, leaf: Simple) -> float:
        if isinstance(leaf, PlaceRef):
            return _PLACE_FREQUENCY[self._places[leaf].kind]
        if isinstance(leaf.where, Source):
            return _OUTSIDE_FREQUENCY[leaf.where]
        return self._meanings.worded(leaf).frequency
