"""An article against all watches: which of them it satisfies, with the evidence."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple, TypeAlias

from monitor.core.matching.layers import Record
from monitor.core.matching.page import Located, Page
from monitor.core.matching.reading import MOST_HITS, Reading, hit
from monitor.core.matching.watches import WatchSet
from monitor.core.reports.markers import is_notice
from monitor.model import Article, Hit, Match, WatchMatch

__all__ = ["MOST_HITS", "Found", "Matched", "evidence", "match", "split", "whole"]

Satisfied: TypeAlias = tuple[Reading, Sequence[int]]  # a layer with the numbers of its watches


class Found(NamedTuple):
    """A watch that an article satisfies, with its evidence as positions in all hits."""

    record: Record
    parts: Sequence[Sequence[int]]  # the hits of each leaf that proves it; one object for all watches with these leaves

    @property
    def hits(self) -> tuple[int, ...]:
        """At most 50: the first of each leaf, then as they stand."""
        return _kept(self.parts)

    @property
    def watch(self) -> str:
        """The id of the watch."""
        return self.record.id


class Evidence(NamedTuple):
    """All hits that some watch keeps, once, and what each watch has of them."""

    hits: tuple[Hit, ...]
    watches: tuple[Found, ...]


class Matched:
    """What an article satisfies, layer by layer; the evidence is gathered when it is first asked for."""

    def __init__(self, article: Article, layers: Sequence[Satisfied], offset: int | None) -> None:
        self._article, self._layers, self.offset = article, layers, offset  # the offset is that of the set

    @property
    def count(self) -> int:
        """How many watches it satisfies."""
        return sum([len(numbers) for _, numbers in self._layers])

    @property
    def ids(self) -> list[str]:
        """The ids of the watches, in the order of the set."""
        return [reading.layer.records[number].id for reading, numbers in self._layers for number in numbers]

    @property
    def hits(self) -> tuple[Hit, ...]:
        """All that some watch keeps."""
        return self.evidence.hits

    @property
    def watches(self) -> tuple[Found, ...]:
        """The watches with their evidence, in the order of the set."""
        return self.evidence.watches

    @cached_property
    def evidence(self) -> Evidence:
        """What proves each watch."""
        proven = [(reading, _proven(reading, numbers)) for reading, numbers in self._layers]
        used = [(reading, set(chain.from_iterable([leaves for _, leaves in mine]))) for reading, mine in proven]
        spots = sorted(set(chain.from_iterable([reading.spots(leaf) for reading, leaves in used for leaf in leaves])))
        numbers = dict(zip(spots, range(len(spots)), strict=True))
        parts = [{leaf: [numbers[spot] for spot in reading.spots(leaf)] for leaf in leaves} for reading, leaves in used]
        found = [one for (_, mine), told in zip(proven, parts, strict=True) for one in _found(mine, told)]
        return _compact(Evidence(tuple([hit(self._article, spot) for spot in spots]), tuple(found)))


def match(article: Article, watches: WatchSet, located: Located | None = None) -> Matched:
    """All watches that an article satisfies, in the order of the set; `located` are its places, if they are known."""
    page = Page(article, watches.gazetteer, located)
    told = [_satisfied(Reading(page, layer), gone) for layer, gone in watches.layers]
    return Matched(article, told, watches.offset)


def split(
    article: Article, matched: Matched, partitions: int, partition_of: Callable[[str, int], int]
) -> dict[int, Match]:
    """One record for each partition that owns a watch which the article satisfies, with the hits that these use.

    An edit, and a notice that corrects or withdraws a report, go to every partition, since those who were told of it
    must hear of that.
    """
    to_all = article.edited or is_notice(article.title, article.text, article.corrects)
    owned: dict[int, list[Found]] = {number: [] for number in range(partitions)} if to_all else {}
    for found in matched.watches:
        owned.setdefault(partition_of(found.watch, partitions), []).append(found)
    return {number: _record(article, matched, mine) for number, mine in sorted(owned.items())}


def whole(article: Article, matched: Matched) -> Match:
    """One record with all watches."""
    return _record(article, matched, matched.watches)


def evidence(reading: Reading, number: int) -> list[Hit]:
    """The hits of every leaf that made a watch true, at most 50: the first of each leaf, then as they stand."""
    told = reading.layer.records[number].proof
    found = [reading.spots(leaf) for leaf in (told if isinstance(told, tuple) else told(reading.facts))]
    spots = sorted(set(chain(*found)))
    numbers = dict(zip(spots, range(len(spots)), strict=True))
    return [hit(reading.page.article, spots[n]) for n in _kept([[numbers[spot] for spot in leaf] for leaf in found])]


def _satisfied(reading: Reading, gone: frozenset[int]) -> Satisfied:
    found = reading.satisfied()
    return reading, [number for number in found if number not in gone] if gone else found


def _proven(reading: Reading, numbers: Sequence[int]) -> list[tuple[Record, tuple[int, ...]]]:
    """These watches of a layer with the leaves that prove them."""
    facts, records = reading.facts, [reading.layer.records[number] for number in numbers]
    return [(one, one.proof if isinstance(one.proof, tuple) else one.proof(facts)) for one in records]


def _found(proven: Iterable[tuple[Record, tuple[int, ...]]], by_leaf: Mapping[int, Sequence[int]]) -> Iterator[Found]:
    by_leaves: dict[tuple[int, ...], Sequence[Sequence[int]]] = {}
    for record, leaves in proven:
        parts = by_leaves.get(leaves)
        if parts is None:
            parts = by_leaves[leaves] = [by_leaf[leaf] for leaf in leaves]
        yield Found(record, parts)


def _kept(found: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The numbers of the hits of some leaves, at most 50: the first of each leaf, then as they stand."""
    if len(found) == 1:
        return tuple(found[0])
    every = sorted(set(chain.from_iterable(found)))
    if len(every) <= MOST_HITS:
        return tuple(every)
    foremost = dict.fromkeys(numbers[0] for numbers in found if numbers)
    rest = (number for number in every if number not in foremost)
    return tuple(sorted([*foremost, *rest][:MOST_HITS]))


def _compact(told: Evidence) -> Evidence:
    """The same without hits that no watch kept."""
    if len(told.hits) <= MOST_HITS:
        return told
    hits, moved = _used(told, told.watches)
    if len(hits) == len(told.hits):
        return told
    parts = {key: [positions] for key, positions in moved.items()}
    return Evidence(hits, tuple([Found(f.record, parts[id(f.parts)]) for f in told.watches]))


def _record(article: Article, matched: Matched, watches: Sequence[Found]) -> Match:
    hits, moved = _used(matched.evidence, watches)
    told = tuple([_watch_match(found.record, moved[id(found.parts)]) for found in watches])
    return Match(article=article, hits=hits, watches=told, watches_offset=matched.offset)


def _watch_match(record: Record, hits: tuple[int, ...]) -> WatchMatch:
    return WatchMatch(watch=record.id, version=record.version, hits=hits, settings=record.settings)


def _used(told: Evidence, watches: Iterable[Found]) -> tuple[tuple[Hit, ...], Mapping[int, tuple[int, ...]]]:
    """The hits that these watches keep, and for each evidence (by its identity) where among them its own are."""
    kept = {id(parts): _kept(parts) for parts in {id(found.parts): found.parts for found in watches}.values()}
    ordered = sorted(set(chain.from_iterable(kept.values())))
    place = dict(zip(ordered, range(len(ordered)), strict=True))
    moved = {key: tuple([place[number] for number in numbers]) for key, numbers in kept.items()}
    return tuple([told.hits[number] for number in ordered]), moved
