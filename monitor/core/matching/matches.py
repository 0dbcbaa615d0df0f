"""An article against all watches: which of them it satisfies, with the evidence."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from monitor.core.matching.layers import Record
from monitor.core.matching.page import Located, Page
from monitor.core.matching.reading import MOST_HITS, Reading, Spot, hit
from monitor.core.matching.watches import WatchSet
from monitor.core.reports.markers import is_notice
from monitor.model import Article, Hit, Match, WatchMatch

__all__ = ["MOST_HITS", "Matched", "evidence", "match", "split"]


@dataclass(frozen=True, slots=True)
class Matched:
    """What an article satisfies; the `hits` of a watch are positions in these, `offset` is that of the set."""

    hits: tuple[Hit, ...]
    watches: tuple[WatchMatch, ...]
    offset: int | None = None


def match(article: Article, watches: WatchSet, located: Located | None = None) -> Matched:
    """All watches that an article satisfies, in the order of the set; `located` are its places, if they are known."""
    page = Page(article, watches.gazetteer, located)
    readings = [(Reading(page, layer), gone) for layer, gone in watches.layers]
    proven = [(reading, _proven(reading, gone)) for reading, gone in readings]
    used = [(reading, {leaf for _, leaves in mine for leaf in leaves}) for reading, mine in proven]
    spots = sorted({spot for reading, leaves in used for leaf in leaves for spot in reading.spots(leaf)})
    numbers = dict(zip(spots, range(len(spots)), strict=True))
    matches = [found for reading, mine in proven for found in _watch_matches(reading, mine, numbers)]
    return _compact(Matched(tuple([hit(article, spot) for spot in spots]), tuple(matches), watches.offset))


def split(
    article: Article, matched: Matched, partitions: int, partition_of: Callable[[str, int], int]
) -> dict[int, Match]:
    """One record for each partition that owns a watch which the article satisfies, with the hits that these use.

    An edit, and a notice that corrects or withdraws a report, go to every partition, since those who were told of it
    must hear of that.
    """
    to_all = article.edited or is_notice(article.title, article.text, article.corrects)
    owned: dict[int, list[WatchMatch]] = {number: [] for number in range(partitions)} if to_all else {}
    for found in matched.watches:
        owned.setdefault(partition_of(found.watch, partitions), []).append(found)
    return {number: _record(article, matched, mine) for number, mine in sorted(owned.items())}


def evidence(reading: Reading, number: int) -> list[Hit]:
    """The hits of every leaf that made a watch true, at most 50: the first of each leaf, then as they stand."""
    told = reading.layer.records[number].proof
    found = [reading.spots(leaf) for leaf in (told if isinstance(told, tuple) else told(reading.facts))]
    spots = sorted(set(chain(*found)))
    numbers = dict(zip(spots, range(len(spots)), strict=True))
    return [hit(reading.page.article, spots[n]) for n in _kept([[numbers[spot] for spot in leaf] for leaf in found])]


def _proven(reading: Reading, gone: frozenset[int]) -> list[tuple[Record, tuple[int, ...]]]:
    """The watches of a layer that are satisfied, with the leaves that prove it."""
    records, facts = reading.layer.records, reading.facts
    found = [records[number] for number in reading.satisfied() if number not in gone]
    return [(one, one.proof if isinstance(one.proof, tuple) else one.proof(facts)) for one in found]


def _watch_matches(
    reading: Reading, proven: Iterable[tuple[Record, tuple[int, ...]]], numbers: Mapping[Spot, int]
) -> Iterator[WatchMatch]:
    by_leaf: dict[int, list[int]] = {}
    by_leaves: dict[tuple[int, ...], tuple[int, ...]] = {}
    for record, leaves in proven:
        hits = by_leaves.get(leaves)
        if hits is None:
            for leaf in leaves:
                if leaf not in by_leaf:
                    by_leaf[leaf] = [numbers[spot] for spot in reading.spots(leaf)]
            hits = by_leaves[leaves] = _kept([by_leaf[leaf] for leaf in leaves])
        yield WatchMatch(watch=record.id, version=record.version, hits=hits, settings=record.settings)


def _kept(found: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The numbers of the hits of some leaves, at most 50: the first of each leaf, then as they stand."""
    every = sorted(set().union(*found))
    if len(every) <= MOST_HITS:
        return tuple(every)
    foremost = dict.fromkeys(numbers[0] for numbers in found if numbers)
    rest = (number for number in every if number not in foremost)
    return tuple(sorted([*foremost, *rest][:MOST_HITS]))


def _compact(matched: Matched) -> Matched:
    """The same without hits that no watch kept."""
    if len(matched.hits) <= MOST_HITS:
        return matched
    used = set(chain(*{found.hits for found in matched.watches}))
    if len(used) == len(matched.hits):
        return matched
    return Matched(*_renumbered(matched.hits, matched.watches, used), matched.offset)


def _record(article: Article, matched: Matched, watches: Sequence[WatchMatch]) -> Match:
    used = {number for found in watches for number in found.hits}
    kept, renumbered = _renumbered(matched.hits, watches, used)
    return Match(article=article, hits=kept, watches=renumbered, watches_offset=matched.offset)


def _renumbered(
    hits: Sequence[Hit], watches: Sequence[WatchMatch], used: set[int]
) -> tuple[tuple[Hit, ...], tuple[WatchMatch, ...]]:
    place = {old: new for new, old in enumerate(sorted(used))}
    renumbered = (replace(found, hits=tuple(place[number] for number in found.hits)) for found in watches)
    return tuple(hits[number] for number in sorted(used)), tuple(renumbered)
