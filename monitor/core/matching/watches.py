"""Watches compiled into one set, and changed in it without compiling the others anew."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

from monitor.core.matching.clauses import plain
from monitor.core.matching.grammar import parse
from monitor.core.matching.layers import Checker, Compiled, Layer, layer
from monitor.core.matching.meanings import Concepts, Frequency, Meanings, length_frequency
from monitor.core.matching.query import Leaf, Near, PlaceRef, Simple, leaves
from monitor.core.places.places import Gazetteer, Place
from monitor.errors import QueryError
from monitor.model import Watch

__all__ = [
    "Compiled",
    "Concepts",
    "Frequency",
    "WatchSet",
    "check_watch",
    "check_watches",
    "compile_watches",
    "length_frequency",
    "needs_places",
    "watch_version",
]

SMALL = 32  # watches that a change files anew, at most, together with its own


@dataclass(frozen=True)
class WatchSet:
    """All watches, compiled. Nothing changes in it once it is made: another set takes its place.

    The first layer holds most watches, later ones what was added since; beside each the numbers of those that are gone.
    """

    layers: tuple[tuple[Layer, frozenset[int]], ...]
    meanings: Meanings = field(repr=False)
    offset: int | None = None  # of the last record of news.watches that it has; None = it came from a file

    @property
    def gazetteer(self) -> Gazetteer | None:
        """Where the places of queries and articles are looked up."""
        return self.meanings.gazetteer

    @property
    def count(self) -> int:
        """How many watches there are, without a look at each."""
        return sum(len(filed.watches) - len(gone) for filed, gone in self.layers)

    @cached_property
    def watches(self) -> tuple[Compiled, ...]:
        """All watches in their order."""
        return tuple(
            compiled
            for filed, gone in self.layers
            for number, compiled in enumerate(filed.watches)
            if number not in gone
        )

    @property
    def places(self) -> Mapping[PlaceRef, Place]:
        """What the names of places in queries mean."""
        return {ref: place for filed, _ in self.layers for ref, place in filed.places.items()}

    @cached_property
    def parsed(self) -> Mapping[str, Compiled]:
        """A watch for each query text: what was parsed once need not be again."""
        return {compiled.watch.query: compiled for compiled in self.watches}

    def with_changes(self, added: Sequence[Watch], removed: Collection[str] = ()) -> "WatchSet":
        """The set without the watches of these ids, and with these added at its end, in place of any of the same id.

        Costs what the changes do, not what the set does. Raises QueryError, naming the watch, for the first that
        cannot be used.
        """
        away = {*removed, *(watch.id for watch in added)}
        kept = [(filed, gone | _numbers(filed, away)) for filed, gone in self.layers]
        new = list(map(compiled, added))
        filed, gone = kept[-1]
        if new and len(filed.watches) + len(new) <= SMALL:
            new = [*_living(filed, gone), *new]
            kept.pop()
        layers = (*kept, (layer(new, self.meanings), frozenset[int]())) if new else tuple(kept)
        return WatchSet(layers, self.meanings, self.offset)

    def merged(self) -> "WatchSet":
        """The same watches in one layer: worth doing in the background, after many changes."""
        meanings = self.meanings.afresh()
        return WatchSet(((layer(self.watches, meanings), frozenset()),), meanings, self.offset)

    def at(self, offset: int) -> "WatchSet":
        """The same, known as what news.watches says up to this record."""
        return replace(self, offset=offset)


def compile_watches(
    watches: Sequence[Watch],
    gazetteer: Gazetteer | None,
    concepts: Concepts,
    frequency: Frequency = length_frequency,
    *,
    before: WatchSet | None = None,
) -> WatchSet:
    """All watches as one set. Raises QueryError, naming the watch, for the first that cannot be used.

    `frequency` says how common words are among the articles to come: the better it does, the fewer watches are
    evaluated in vain. Queries that the set `before` has as well are not parsed again.
    """
    known = before.parsed if before else {}
    meanings = Meanings(gazetteer, concepts, frequency)
    return WatchSet(((layer((compiled(w, known.get(w.query)) for w in watches), meanings), frozenset()),), meanings)


def compiled(watch: Watch, same_query: Compiled | None = None) -> Compiled:
    """A watch ready to be filed. Raises QueryError, naming the watch."""
    if same_query is not None:
        return Compiled(watch, same_query.node, same_query.plain, watch_version(watch))
    try:
        return _compiled(watch)
    except QueryError as error:
        raise QueryError(f"watch {watch.id!r}: {error.message}", error.line, error.column) from error


def check_watch(watch: Watch, gazetteer: Gazetteer | None, concepts: Concepts) -> QueryError | None:
    """What is wrong with a watch's query, if anything."""
    return next(check_watches([watch], gazetteer, concepts))


def check_watches(
    watches: Iterable[Watch], gazetteer: Gazetteer | None, concepts: Concepts
) -> Iterator[QueryError | None]:
    """Of each watch what is wrong with its query, if anything."""
    checker = Checker(Meanings(gazetteer, concepts))
    for watch in watches:
        try:
            checker.check(_compiled(watch))
        except QueryError as error:
            yield error
        else:
            yield None


def needs_places(watches: Iterable[Watch]) -> bool:
    """Whether any query speaks of places. One that does not parse speaks of none."""
    return any(map(_speaks_of_places, watches))


def watch_version(watch: Watch) -> str:
    """The content hash of a watch: another query or setting gives another."""
    kept = watch.settings
    content = (
        *(watch.query, watch.allow_all, kept.channels, tuple(map(str, kept.alert_on)), float(kept.window_days)),
        *(kept.origins, kept.backlog, sorted(kept.extra.items()), sorted(watch.extra.items())),
    )
    return blake2b(repr(content).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _compiled(watch: Watch) -> Compiled:
    node = parse(watch.query)
    return Compiled(watch, node, plain(node), watch_version(watch))


def _speaks_of_places(watch: Watch) -> bool:
    if "place:" not in watch.query.lower():
        return False
    try:
        return any(isinstance(side, PlaceRef) for leaf in leaves(parse(watch.query)) for side in _simple(leaf))
    except QueryError:
        return False


def _simple(leaf: Leaf) -> tuple[Simple, ...]:
    return (leaf.left, leaf.right) if isinstance(leaf, Near) else (leaf,)


def _numbers(filed: Layer, ids: Collection[str]) -> frozenset[int]:
    return frozenset(filed.by_id[name] for name in ids if name in filed.by_id)


def _living(filed: Layer, gone: frozenset[int]) -> Iterable[Compiled]:
    return (compiled for number, compiled in enumerate(filed.watches) if number not in gone)
