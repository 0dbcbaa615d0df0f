"""Gazetteer × text → the places that an article names, where, which, how surely and why.

The longest known name at a capital letter is a mention; rules weigh whether it is a place at all; the countries and
regions that the article names vote on which of the places of that name it is. A name means one place in an article.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from weakref import WeakKeyDictionary

from monitor.core.places.atlas import Gazetteer, How, Named, Place, prominence
from monitor.core.places.mentions import Mention, Names
from monitor.core.places.placerules import NEVER, RULES, Around, addressed, called, surnames
from monitor.core.places.tokens import Tokens

__all__ = ["Gazetteer", "Place", "Toponym", "locate"]

COUNTRY_VOTE, REGION_VOTE, HOME_VOTES = 3.0, 3.0, 3.0
LARGE = 100_000  # so that a town is told from others by another of its names
SUPPORT = 1.2  # for a mention whose country or region the article names
RULED_OUT = -4.0  # a reason of this weight stands, whatever the rest of the article says
CAUTION = 0.6  # log odds; with it, on two marked corpora of news, as many mentions are places as their scores say
SAME_NAME = 1.5  # what a mention loses against the best one of the same name


@dataclass(frozen=True, slots=True, kw_only=True)
class Toponym:
    """A place at a span of a text: `text` is exactly that slice, `score` from 0 to 1 how surely it is a place."""

    start: int
    end: int
    text: str
    place: Place
    score: float
    why: str


def locate(
    title: str, text: str, gazetteer: Gazetteer, *, home: Place | None = None
) -> tuple[tuple[Toponym, ...], tuple[Toponym, ...]]:
    """The places of a title and of a text, read together; `home` is the outlet's own region or country."""
    fields = Tokens(title), Tokens(text)
    found, people = _mentions(fields, gazetteer)
    every = [mention for named in found for mention in named]
    votes = _votes(every)
    if home is not None:
        votes.cast(Named(home, How.NAME), HOME_VOTES)
    chosen = _choose(every, votes)
    _support([mention for mention in every if mention.key not in people], chosen, votes)
    in_title, in_text = (_toponyms(words.text, named, chosen) for words, named in zip(fields, found, strict=True))
    return in_title, in_text


def regions(title: str, text: str, gazetteer: Gazetteer) -> Mapping[int, float]:
    """Of what an article surely says of where it plays, the share of each region, by GeoNames id."""
    found, _ = _mentions((Tokens(title), Tokens(text)), gazetteer)
    return _votes(mention for named in found for mention in named).of_regions()


def _mentions(fields: tuple[Tokens, Tokens], gazetteer: Gazetteer) -> tuple[list[list[Mention]], Collection[str]]:
    """The mentions of a title and of a text, weighed, and the family names by which these call people."""
    begun = [(words, words.begins()) for words in fields]
    names = _names(gazetteer)
    found = [names.mentions(words, begins) for words, begins in begun]
    named_by = [(words, addressed(words, begins)) for words, begins in begun]
    people = set().union(*(surnames(words, at) for words, at in named_by))
    first_names = set().union(*(called(words, at, gazetteer) for words, at in named_by))
    for words, named in zip(fields, found, strict=True):
        _qualify(words.text, named)
        _weigh(named, Around(words.text, gazetteer, people, first_names, {mention.first for mention in named}))
    return found, people


_NAMES: WeakKeyDictionary[Gazetteer, Names] = WeakKeyDictionary()


def _names(gazetteer: Gazetteer) -> Names:
    names = _NAMES.get(gazetteer)
    if names is None:
        names = _NAMES[gazetteer] = Names(gazetteer)
    return names


def _qualify(text: str, named: Sequence[Mention]) -> None:
    """Narrow "Paris, Texas" to the Paris that lies in Texas, and Texas to the one that holds it."""
    for mention, following in pairwise(named):
        if following.first != mention.last + 1 or not _tells_where(text[mention.end : following.start], following):
            continue
        wider = {
            n.place.geonames_id for n in following.options if n.how is not How.ADJECTIVE and n.place.kind != "city"
        }
        inside = tuple(n for n in mention.options if _lies_in(n, wider))
        if not inside:
            continue
        holds = {i for n in inside for i in n.place.within}
        mention.narrow(inside)
        following.narrow(tuple(n for n in following.options if n.place.geonames_id in holds))
        mention.qualified = following.qualifies = True


def _lies_in(named: Named, wider: set[int]) -> bool:
    known_so = named.how in {How.NAME, How.OWN} or named.place.population >= LARGE
    return known_so and not wider.isdisjoint(named.place.within)


def _tells_where(between: str, following: Mention) -> bool:
    short = all(n.how is How.SHORT for n in following.options)
    return between.strip() in {",", "("} or (between == " " and short)


def _weigh(named: Iterable[Mention], around: Around) -> None:
    for mention in named:
        for rule in RULES:
            reason = rule(mention, around)
            if reason is None:
                continue
            mention.reasons.append(reason)
            mention.weight += reason[0]
            if reason[0] == NEVER:  # nothing outweighs it
                mention.weight = NEVER
                break


class _Votes:
    """How much the article speaks of each country and region."""

    def __init__(self) -> None:
        self._countries: Counter[int] = Counter()  # by GeoNames id
        self._regions: Counter[int] = Counter()
        self._shares: dict[int, float] | None = None

    def cast(self, named: Named, conviction: float) -> None:
        """Count a place for its country and its region."""
        ids = [named.place.geonames_id, *named.place.within]
        if named.place.kind == "country":
            self._countries[ids[0]] += conviction  # type: ignore[assignment]
            return
        if named.place.country:
            self._countries[ids[-1]] += conviction  # type: ignore[assignment]
        if named.place.kind == "region" or len(ids) == 3:
            self._regions[ids[0] if named.place.kind == "region" else ids[1]] += conviction  # type: ignore[assignment]

    def of(self, place: Place) -> float:
        """The votes for where a place lies, in powers of ten of people. None can be cast any more."""
        if self._shares is None:
            self._shares = _shares(self._countries, COUNTRY_VOTE) | _shares(self._regions, REGION_VOTE)
        told = self._shares.get(place.geonames_id, 0.0)
        for wider in place.within:
            told += self._shares.get(wider, 0.0)
        return told

    def of_regions(self) -> Mapping[int, float]:
        """The share of each region, in all 1 or, where none is named, 0."""
        total = self._regions.total()
        return {region: count / total for region, count in self._regions.items() if count}


def _shares(votes: Counter[int], weight: float) -> dict[int, float]:
    whole = votes.total() + 1
    return {i: weight * count / whole for i, count in votes.items()}


def _votes(every: Iterable[Mention]) -> _Votes:
    votes = _Votes()
    for mention in every:
        if mention.weight > 0:
            votes.cast(mention.best, _conviction(mention))
    return votes


def _conviction(mention: Mention) -> float:
    """How much a mention says of where the article plays: 0 where it may mean several places."""
    if mention.qualified or mention.qualifies:
        return 1.0
    if mention.best.place.kind != "city":  # "Georgia" is two
        return 1.0 if sum(n.place.kind != "city" for n in mention.options) == 1 else 0.0
    first, *others = sorted(map(prominence, mention.options), reverse=True)
    clear = not others or first - others[0] >= 1.0
    return 0.5 if clear and not mention.alike else 0.0


def _choose(every: Iterable[Mention], votes: _Votes) -> dict[str, Named]:
    """One place for each name: a mention that says which one decides for the others."""
    by_key: dict[str, list[Mention]] = defaultdict(list)
    for mention in every:
        by_key[mention.key].append(mention)
    chosen = {}
    for key, named in by_key.items():
        telling = next((m for m in named if m.qualified and m.weight > 0), named[0])
        options = telling.options
        chosen[key] = max(options, key=lambda n: prominence(n) + votes.of(n.place)) if len(options) > 1 else options[0]
    return chosen


def _support(every: Sequence[Mention], chosen: dict[str, Named], votes: _Votes) -> None:
    """What the rest of the article adds: its country is named, or the same name stands more clearly elsewhere."""
    best: dict[str, float] = defaultdict(lambda: NEVER)
    for mention in every:
        place = _meant(mention, chosen).place
        if place.kind == "city" and votes.of(place) > 0:
            mention.weight += SUPPORT
        best[mention.key] = max(best[mention.key], mention.weight)
    for mention in every:
        ruled_out = min(weight for weight, _ in mention.reasons) <= RULED_OUT
        if not ruled_out and best[mention.key] - SAME_NAME > mention.weight:
            mention.weight = best[mention.key] - SAME_NAME
            mention.reasons.append((SAME_NAME, "named more clearly elsewhere"))


def _meant(mention: Mention, chosen: dict[str, Named]) -> Named:
    named = chosen[mention.key]
    return named if named in mention.options else mention.best


def _toponyms(text: str, named: Iterable[Mention], chosen: dict[str, Named]) -> tuple[Toponym, ...]:
    return tuple(_toponym(text, mention, _meant(mention, chosen)) for mention in named if mention.weight > 0)


def _toponym(text: str, mention: Mention, meant: Named) -> Toponym:
    end = mention.end + (meant.how is How.SHORT and _owns_stop(text, mention))
    return Toponym(
        start=mention.start,
        end=end,
        text=text[mention.start : end],
        place=meant.place,
        score=round(1 / (1 + math.exp(CAUTION - mention.weight)), 3),
        why=max(mention.reasons)[1],
    )


def _owns_stop(text: str, mention: Mention) -> bool:
    """Whether the full stop after an abbreviation belongs to it: "N.C." and "Calif.", not "TX."."""
    raw = text[mention.start : mention.end]
    return text[mention.end : mention.end + 1] == "." and ("." in raw or not raw.isupper())
