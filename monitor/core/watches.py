"""Watches compiled into one set: which articles can satisfy which of them is known before any is evaluated.

Every watch has clauses of which an article must meet at least one leaf. A watch is filed under its rarest clause of
words and, below that, under its rarest clause of places (the presearcher of Luwak, now Apache Lucene Monitor, keyed by
document frequency). Only watches whose keys an article holds are evaluated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import blake2b
from typing import TypeAlias

from monitor.core.clauses import Clause, clauses, is_place, placed, wordy
from monitor.core.conditions import Condition, Wordings, condition
from monitor.core.grammar import parse
from monitor.core.places import Gazetteer, Place
from monitor.core.query import ConceptRef, Leaf, Near, Node, PlaceRef, Simple, Source, Term, leaves
from monitor.core.terms import Scanner, Wording, read_wording, wording_of
from monitor.errors import InputError, QueryError
from monitor.model import Watch

Concepts: TypeAlias = Mapping[str, Sequence[str]]
Frequency: TypeAlias = Callable[[str], float]  # words, folded → share of articles that hold them, 0 to 1

_PLACE_FREQUENCY = {"country": 0.1, "region": 0.02, "city": 0.003}
_SOURCE_FREQUENCY = 0.1


@dataclass(frozen=True, slots=True)
class Compiled:
    """One watch, ready: its tree, the same as a function, and the content hash that its matches carry."""

    watch: Watch
    node: Node
    condition: Condition
    version: str


@dataclass(slots=True)
class Bucket:
    """The watches filed under one pattern: those it makes candidates, and those that a place must make so as well."""

    always: list[int] = field(default_factory=list)
    by_place: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WatchSet:
    """All watches, compiled. Nothing changes in it once it is made: another set takes its place."""

    watches: tuple[Compiled, ...]
    scanner: Scanner
    wordings: Wordings
    places: Mapping[PlaceRef, Place]
    buckets: Mapping[str, Bucket]  # by pattern; "" = needs no word
    gazetteer: Gazetteer | None


@dataclass(frozen=True, slots=True)
class Meanings:
    """What names in queries stand for, and how often words occur."""

    gazetteer: Gazetteer | None
    concepts: Concepts
    frequency: Frequency

    def place(self, ref: PlaceRef) -> Place:
        """The place that a query means. Raises QueryError with the nearest names."""
        if self.gazetteer is None:
            raise _at(ref, f"{ref}: there is no gazetteer to look places up in")
        found = self.gazetteer.resolve(ref.name)
        if not found:
            raise _at(ref, f"there is no place {ref.name!r}{_suggestion(self.gazetteer.nearest(ref.name))}")
        return found[0]

    def wordings(self, leaf: Simple) -> tuple[Wording, ...]:
        """How a term or concept may be worded; none for a place. Raises QueryError."""
        try:
            if isinstance(leaf, Term):
                return (wording_of(leaf),)
            return self._of_concept(leaf) if isinstance(leaf, ConceptRef) else ()
        except QueryError:
            raise
        except InputError as error:
            raise _at(leaf, f"{leaf}: {error}") from error

    def _of_concept(self, ref: ConceptRef) -> tuple[Wording, ...]:
        wordings = self.concepts.get(ref.name)
        if wordings is None:
            close = get_close_matches(ref.name, self.concepts, 3, 0.5)
            raise _at(ref, f"there is no concept {ref.name!r}{_suggestion(close or sorted(self.concepts))}")
        if not wordings:
            raise _at(ref, f"the concept {ref.name!r} has no wordings")
        return tuple(map(read_wording, wordings))


def length_frequency(words: str) -> float:
    """How common words probably are where nothing is known: the longer the rarer."""
    return float(0.7 ** len(words.replace(" ", "")))


def compile_watches(
    watches: Sequence[Watch],
    gazetteer: Gazetteer | None,
    concepts: Concepts,
    frequency: Frequency = length_frequency,
) -> WatchSet:
    """All watches as one set. Raises QueryError, naming the watch, for the first that cannot be used.

    `frequency` says how common words are among the articles to come: the better it does, the fewer watches are
    evaluated in vain.
    """
    filing = _Filing(Meanings(gazetteer, concepts, frequency))
    for watch in watches:
        try:
            filing.add(watch)
        except QueryError as error:
            raise QueryError(f"watch {watch.id!r}: {error.message}", error.line, error.column) from error
    return filing.watch_set()


def check_watch(watch: Watch, gazetteer: Gazetteer | None, concepts: Concepts) -> QueryError | None:
    """What is wrong with a watch's query, if anything."""
    try:
        _Filing(Meanings(gazetteer, concepts, length_frequency)).add(watch)
    except QueryError as error:
        return error
    return None


def needs_places(watches: Iterable[Watch]) -> bool:
    """Whether any query speaks of places. One that does not parse speaks of none."""
    return any(map(_speaks_of_places, watches))


def _speaks_of_places(watch: Watch) -> bool:
    if "place:" not in watch.query.lower():
        return False
    try:
        return any(isinstance(side, PlaceRef) for leaf in leaves(parse(watch.query)) for side in _simple(leaf))
    except QueryError:
        return False


def watch_version(watch: Watch) -> str:
    """The content hash of a watch: another query or setting gives another."""
    kept = watch.settings
    content = (
        *(watch.query, watch.allow_all, kept.channels, tuple(map(str, kept.alert_on)), float(kept.window_days)),
        *(kept.origins, kept.backlog, sorted(kept.extra.items()), sorted(watch.extra.items())),
    )
    return blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class _Filing:
    """A set in the making."""

    def __init__(self, meanings: Meanings) -> None:
        self._meanings = meanings
        self._watches: list[Compiled] = []
        self._wordings: dict[Simple, tuple[Wording, ...]] = {}
        self._places: dict[PlaceRef, Place] = {}
        self._buckets: dict[str, Bucket] = {}
        self._weights: dict[Leaf, float] = {}

    def add(self, watch: Watch) -> None:
        """Parse a watch and file it. Raises QueryError, leaving the set as it was but for names looked up."""
        node = parse(watch.query)
        for leaf in leaves(node):
            for simple in _simple(leaf):
                self._look_up(simple)
        required = clauses(node, self._weight)
        if not required and not watch.allow_all:
            raise QueryError(
                "this could match every article, since nothing in it must be there; "
                "add a term that must, or say allow_all: true"
            )
        self._file(len(self._watches), required)
        self._watches.append(Compiled(watch, node, condition(node, self._wordings), watch_version(watch)))

    def watch_set(self) -> WatchSet:
        """The finished set."""
        patterns = (s.pattern for many in self._wordings.values() for wording in many for s in wording.segments)
        return WatchSet(
            watches=tuple(self._watches),
            scanner=Scanner(patterns),
            wordings=self._wordings,
            places=self._places,
            buckets=self._buckets,
            gazetteer=self._meanings.gazetteer,
        )

    def _look_up(self, leaf: Simple) -> None:
        if isinstance(leaf, PlaceRef):
            if leaf not in self._places:
                self._places[leaf] = self._meanings.place(leaf)
        elif leaf not in self._wordings:
            self._wordings[leaf] = self._meanings.wordings(leaf)

    def _file(self, number: int, required: list[Clause]) -> None:
        words = min(filter(wordy, required), key=self._weight, default=None)
        places = min(filter(placed, required), key=self._weight, default=None)
        keys = {key for leaf in words for key in self._keys(leaf)} if words else {""}
        if places:
            for key in keys:
                self._under_places(key, places, number)
        elif words or not required:
            self._always(keys, number)
        else:
            self._under_either(min(required, key=self._weight), number)

    def _under_either(self, clause: Clause, number: int) -> None:
        """A clause of words and places: any of either will do."""
        for leaf in clause:
            if is_place(leaf):
                self._under_places("", frozenset([leaf]), number)
            else:
                self._always(self._keys(leaf), number)

    def _always(self, keys: Iterable[str], number: int) -> None:
        for key in keys:
            self._bucket(key).always.append(number)

    def _under_places(self, key: str, clause: Clause, number: int) -> None:
        by_place = self._bucket(key).by_place
        ids = {self._places[ref].geonames_id for leaf in clause for ref in _simple(leaf) if isinstance(ref, PlaceRef)}
        for geonames_id in ids:
            by_place.setdefault(geonames_id, []).append(number)

    def _bucket(self, key: str) -> Bucket:
        return self._buckets.setdefault(key, Bucket())

    def _keys(self, leaf: Leaf) -> set[str]:
        """Patterns one of which stands in every article that meets the leaf: of each wording its rarest segment."""
        if isinstance(leaf, Near):
            worded = [side for side in _simple(leaf) if not isinstance(side, PlaceRef)]
            return self._keys(min(worded, key=self._leaf_weight))
        wordings = self._wordings[leaf]
        return {min((s.pattern for s in wording.segments), key=self._pattern_weight) for wording in wordings}

    def _pattern_weight(self, pattern: str) -> float:
        return self._meanings.frequency(pattern.strip())

    def _weight(self, clause: Clause) -> float:
        return sum(map(self._leaf_weight, clause))

    def _leaf_weight(self, leaf: Leaf) -> float:
        if leaf not in self._weights:
            self._weights[leaf] = self._reckon(leaf)
        return self._weights[leaf]

    def _reckon(self, leaf: Leaf) -> float:
        if isinstance(leaf, Near):
            return min(map(self._leaf_weight, _simple(leaf)))
        if isinstance(leaf, PlaceRef):
            return _PLACE_FREQUENCY[self._places[leaf].kind]
        if isinstance(leaf.where, Source):
            return _SOURCE_FREQUENCY
        return sum(map(self._pattern_weight, self._keys(leaf)))


def _simple(leaf: Leaf) -> tuple[Simple, ...]:
    return (leaf.left, leaf.right) if isinstance(leaf, Near) else (leaf,)


def _at(leaf: Simple, message: str) -> QueryError:
    return QueryError(message, leaf.at.line, leaf.at.column)


def _suggestion(names: Sequence[str]) -> str:
    return f"; the nearest are {', '.join(names[:5])}" if names else ""
