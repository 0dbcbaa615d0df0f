"""The gazetteer over mapped files, with a user's own places laid over them."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, cast

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from monitor.core.places import spelling
from monitor.core.places.atlas import How, Kind, Named, Place, prominence
from monitor.errors import InputError
from monitor.gazetteer.build import KINDS

LONGEST_ALIKE = 100  # letters of what is compared by its skeleton
MOST_ID = 2**31 - 1
_ENDS_WORD = frozenset(["", " "])
LIKELY_NAMES = 2_000  # the most names that are compared when the nearest are asked for


class _Index:
    """Rows of places by key: a trie and three arrays."""

    def __init__(self, folder: Path, name: str) -> None:
        self.trie = marisa_trie.Trie().mmap(str(folder / f"{name}.trie"))
        self._at, self._row, self._how = (mapped(folder, f"{name}_{part}") for part in ("at", "row", "how"))

    def get(self, key: str) -> list[tuple[int, How]]:
        if (number := self.trie.get(key)) is None:
            return []
        part = slice(int(self._at[number]), int(self._at[number + 1]))
        return [(row, How(how)) for row, how in zip(self._row[part].tolist(), self._how[part].tolist(), strict=True)]


def mapped(folder: Path, name: str) -> NDArray[Any]:
    """An array that is read from the disk only where it is looked at."""
    return cast("NDArray[Any]", np.load(folder / f"{name}.npy", mmap_mode="r").view(np.ndarray))


class Atlas:
    """Places by their names; satisfies core's Gazetteer."""

    def __init__(self, folder: Path, ordinary: frozenset[str], own: "Overlay") -> None:
        self.folder = folder
        self._places = mapped(folder, "places")
        self._names, self._names_at = mapped(folder, "names"), mapped(folder, "names_at")
        self._keys, self._skeletons = _Index(folder, "keys"), _Index(folder, "skeletons")
        self._ordinary, self._own = ordinary, own
        self._ids = mapped(folder, "ids")
        self._region_name = lru_cache(5_000)(self._name)
        self._place = lru_cache(50_000)(self._read_place)
        self._remembered_names = lru_cache(50_000)(self._named)
        self._remembered_openings = lru_cache(50_000)(self._opens_skeleton)
        self._remembered_likes = lru_cache(50_000)(self._alike)

    def resolve(self, name: str) -> Sequence[Place]:
        """The places that a name may mean, best first."""
        if name.startswith("geonames/"):
            place = self.by_id(name.removeprefix("geonames/"))
            return [place] if place else []
        head, _, tail = (part.strip() for part in name.rpartition(","))
        if not head:
            return self._resolve_plain(name)
        around = {place.geonames_id for place in self._resolve_plain(tail)}
        return [place for place in self.resolve(head) if around.intersection(place.within)]

    def _resolve_plain(self, name: str) -> list[Place]:
        key = spelling.key(name)
        named = self.named(key)
        if not named:
            return list(self.alike(key))
        nouns = (n for n in named if n.how is not How.ADJECTIVE)
        return [n.place for n in sorted(nouns, key=prominence, reverse=True)]

    def meant(self, name: str, said: str) -> Place:
        """The best of the places that a name may mean. Raises InputError, which begins with what `said` it."""
        if found := self.resolve(name):
            return found[0]
        near = ", ".join(self.nearest(name))
        raise InputError(f"{said}: no place is called {name!r}" + (f"; did you mean {near}?" if near else ""))

    def by_id(self, geonames_id: int | str) -> Place | None:
        """The place of that id, None where it is unknown or no number."""
        try:
            wanted = int(geonames_id)
        except ValueError:
            return None
        if abs(wanted) > MOST_ID:
            return None
        row = self._row_of(wanted)
        return self._own.by_id.get(wanted) if row is None else self._place(row)

    def nearest(self, name: str) -> Sequence[str]:
        """Up to five known names that look like an unknown one."""
        key = spelling.key(name)
        same_start: Iterable[str] = self._keys.trie.keys(key[:3])
        likely = [known for known in same_start if abs(len(known) - len(key)) <= 2][:LIKELY_NAMES]
        likely += [known for known in self._own.named if known not in likely]
        close = difflib.get_close_matches(key, likely, n=20, cutoff=0.75)
        best = (self._resolve_plain(known) for known in close)
        return list(dict.fromkeys(places[0].name for places in best if places))[:5]

    @cached_property
    def country_ids(self) -> Mapping[str, int]:
        """The GeoNames ids of countries by their codes."""
        rows = np.flatnonzero(self._places["kind"] == KINDS.index("country"))
        return {self._places["country"][row].decode(): int(self._ids[row]) for row in rows}

    def keys(self) -> Iterator[str]:
        """All known names as they are compared, without a user's own."""
        return cast("Iterator[str]", self._keys.trie.iterkeys())

    def starting(self, key: str) -> Sequence[str]:
        """The known keys that `key` starts with, longest first, ended where a word ends."""
        found = [known for known in self._keys.trie.prefixes(key) if key[len(known) : len(known) + 1] in _ENDS_WORD]
        found.reverse()  # the trie tells the shortest first
        own = self._own.starting(key)
        return sorted({*found, *own}, key=len, reverse=True) if own else found

    def named(self, key: str) -> Sequence[Named]:
        """What a known key may mean, most populous first; empty for a phrase that a user ruled out."""
        return self._remembered_names(key)

    def _named(self, key: str) -> Sequence[Named]:
        if key in self._own.excluded:
            return ()
        own = self._own.named.get(key, [])
        ids = {named.place.geonames_id for named in own}
        rows = [(self._place(row), row, how) for row, how in self._keys.get(key)]
        theirs = [Named(p, how, bool(self._places["capital"][row])) for p, row, how in rows if p.geonames_id not in ids]
        return (*own, *theirs)

    def alike(self, key: str) -> Sequence[Place]:
        """Places of Arabic-script and Cyrillic countries that another transliteration of `key` names."""
        if len(key) > LONGEST_ALIKE:
            return ()
        first, *others = key.split(" ", 1)
        return () if others and not self._remembered_openings(first) else self._remembered_likes(key)

    def _opens_skeleton(self, word: str) -> bool:
        """Whether a longer name that begins with this word may be like any place: few are, and to tell takes long."""
        return any(any(True for _ in self._skeletons.trie.iterkeys(opening)) for opening in spelling.openings(word))

    def _alike(self, key: str) -> Sequence[Place]:
        rows = {row: None for skeleton in spelling.skeletons(key) for row, _ in self._skeletons.get(skeleton)}
        return sorted((self._place(row) for row in rows), key=lambda place: -place.population)

    def home(self, outlet: str) -> Place | None:
        """Where an outlet is at home, if a user or its own reports told."""
        return self._own.homes.get(outlet.casefold())

    def ordinary(self, key: str) -> bool:
        """Whether a key is an ordinary word, or a name that people bear, and some place happens to be named so."""
        return key in self._ordinary and key not in self._own.named

    def _row_of(self, geonames_id: int) -> int | None:
        row = int(np.searchsorted(self._ids, np.int32(geonames_id)))
        return row if row < len(self._ids) and int(self._ids[row]) == geonames_id else None

    def _read_place(self, row: int) -> Place:
        lat, lon, population, kind, _, code_of_country, region, code = self._places[row].item()
        number, country = int(self._ids[row]), code_of_country.decode()
        around = [int(self._ids[region])] if region >= 0 else []
        if (whole := self.country_ids.get(country)) and whole != number:
            around.append(whole)
        return Place(
            geonames_id=number,
            name=self._name(row),
            country=country,
            region=self._region_name(region) if region >= 0 else code.decode(),
            lat=lat,
            lon=lon,
            population=population,
            kind=cast("Kind", KINDS[kind]),
            within=tuple(around),
        )

    def _name(self, row: int) -> str:
        return self._names[int(self._names_at[row]) : int(self._names_at[row + 1])].tobytes().decode()


class Overlay:
    """A user's own places: what their keys mean, and the phrases in which a name is none; the homes of outlets."""

    def __init__(self) -> None:
        self.named: dict[str, list[Named]] = {}
        self.excluded: set[str] = set()
        self.by_id: dict[int, Place] = {}
        self.homes: dict[str, Place] = {}  # by the outlet's name in small letters

    def starting(self, key: str) -> Sequence[str]:
        """Own keys and ruled-out phrases that `key` starts with."""
        if not self.named and not self.excluded:
            return ()
        ends = [at for at, letter in enumerate(key) if letter == " "] + [len(key)]
        return [key[:end] for end in ends if key[:end] in self.named or key[:end] in self.excluded]
