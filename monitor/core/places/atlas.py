"""What is known of places: the types that the recogniser, the watch language and the gazetteer share."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from operator import attrgetter
from typing import Literal, Protocol

UNCOUNTED = 5_000  # people of a place without a figure: such ones are listed because they are seats of a district
Kind = Literal["country", "region", "city", "county"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the gazetteer, by its GeoNames id; users' own that GeoNames lacks and counties have negative ones."""

    geonames_id: int
    name: str
    country: str = ""  # ISO 3166 alpha-2, "" if it lies in none
    region: str = ""  # name of its first-order division where known, else GeoNames' code of it
    lat: float
    lon: float
    population: int = 0  # 0 means unknown far more often than empty
    kind: Kind = "city"
    within: tuple[int, ...] = ()  # the ids of the region and the country around it, as far as they are known


class How(IntEnum):
    """In what way a wording names a place."""

    NAME = 0  # what it is called
    OTHER = 1  # another spelling, language or time
    SHORT = 2  # an abbreviation that needs its dots, its capitals or a town before it: "N.C.", "US", "TX"
    ADJECTIVE = 3  # "Syrian", "Syrians"
    OWN = 4  # as a user says, who knows better than any list


@dataclass(frozen=True, slots=True)
class Named:
    """A place that a wording may mean, and how it does so."""

    place: Place
    how: How
    capital: bool = False  # of its country
    rank: float = field(init=False, compare=False, repr=False)  # its prominence, asked for again and again

    def __post_init__(self) -> None:
        object.__setattr__(self, "rank", _prominence(self))


prominence = attrgetter("rank")
"""How likely a name means a place when nothing else is said, in powers of ten of people."""


def _prominence(named: Named) -> float:
    if named.how is How.OWN or named.place.kind == "country":
        return 9.0
    if named.place.kind == "region":
        return 6.6
    if named.place.kind == "county":
        return 5.0
    known_as = 1.0 if named.how is How.NAME else 0.0
    people = named.place.population or UNCOUNTED
    return math.log10(people + 300) + known_as + (1.0 if named.capital else 0.0)


class Gazetteer(Protocol):
    """Places by their names; names are compared as `spelling.key` writes them."""

    def resolve(self, name: str) -> Sequence[Place]:
        """The places that `name` may mean, best first.

        Takes any spelling, "Paris, TX", "Paris, Texas", "Paris, France", "geonames/4717560", countries and US states.
        """

    def nearest(self, name: str) -> Sequence[str]:
        """Up to five known names that look like an unknown one."""

    def starting(self, key: str) -> Sequence[str]:
        """The known keys that `key` starts with, longest first, ended where a word ends."""

    def named(self, key: str) -> Sequence[Named]:
        """What a known key may mean, most populous first; empty for a phrase that a user ruled out."""

    def alike(self, key: str) -> Sequence[Place]:
        """Places of Arabic-script and Cyrillic countries that another transliteration of `key` names."""

    def home(self, outlet: str) -> Place | None:
        """Where an outlet is at home, if that is known."""

    def ordinary(self, key: str) -> bool:
        """Whether a key is an ordinary word, or a name that people bear, and some place happens to be named so."""
