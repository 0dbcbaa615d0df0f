"""A file of watches → the compiled set, with the gazetteer and the concepts that its queries speak of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from monitor.concepts import load_concepts
from monitor.configcheck import items, section
from monitor.configfile import Document, read
from monitor.core.matching.watches import WatchSet, check_watches, compile_watches, needs_places
from monitor.core.places.places import Gazetteer
from monitor.errors import Fault, InputError, QueryError
from monitor.frequencies import shipped_frequency
from monitor.gazetteer import OwnPlace, find_home, load_gazetteer
from monitor.model import Watch
from monitor.watchfile import OwnPlace as PlaceEntry
from monitor.watchfile import WatchEntry, WatchFile
from monitor.watchlist import Watchlist, key_of


def load_watch_set(file: WatchFile, cache_dir: Path | None = None) -> WatchSet:
    """The watches of this file, ready. Raises QueryError, naming the watch, for the first that cannot be used."""
    watches = [entry.watch() for entry in file.watches]
    gazetteer = _gazetteer(watches, file, cache_dir)
    return compile_watches(watches, gazetteer, load_concepts(file.concepts), shipped_frequency())


def compile_saved(held: Watchlist, cache_dir: Path | None = None, before: WatchSet | None = None) -> WatchSet:
    """What news.watches says, ready; `before` is a set that has much of it. Raises QueryError, InputError."""
    gazetteer = _gazetteer(held.watches, held, cache_dir)
    concepts = load_concepts(held.concepts)
    made = compile_watches(held.watches, gazetteer, concepts, shipped_frequency(), before=before)
    return made.at(held.offset)


def unusable(held: Watchlist, cache_dir: Path | None = None) -> dict[str, str]:
    """The keys of what news.watches holds and this program cannot use, with why."""
    strange = {key_of(place): str(error) for place in held.places if (error := _refused(place, cache_dir))}
    own = held.without(strange).places
    strange |= {f"home|{outlet}": fault for outlet, fault in _home_faults(held.homes, own, cache_dir).items()}
    gazetteer, concepts = _gazetteer(held.watches, held.without(strange), cache_dir), load_concepts(held.concepts)
    errors = zip(held.watches, check_watches(held.watches, gazetteer, concepts), strict=True)
    return strange | {key_of(watch): str(error) for watch, error in errors if error}


def query_faults(path: Path, file: WatchFile, cache_dir: Path | None = None) -> list[Fault]:
    """Every query of this file (or of a part of it), read from `path`, that cannot be used, with its line."""
    wanted = {entry.id for entry in file.watches}
    return sense_faults(read(path), cache_dir, lambda entry: entry.id in wanted)


def sense_faults(
    document: Document, cache_dir: Path | None = None, wanted: Callable[[WatchEntry], bool] = lambda _: True
) -> list[Fault]:
    """Every query and own place of a file of watches that has the right form and yet makes no sense.

    What has faults of form is passed over.
    """
    watches = {at: entry for at, entry in items(document, "watches", WatchEntry) if wanted(entry)}
    places = dict(items(document, "places", PlaceEntry))
    strange = {at: error for at, place in places.items() if (error := _refused(place, cache_dir))}
    known = WatchFile(
        watches=tuple(watches.values()),
        places=tuple(place for at, place in places.items() if at not in strange),
        concepts=_concepts(document),
    )
    gazetteer = _gazetteer([entry.watch() for entry in known.watches], known, cache_dir)
    concepts = load_concepts(known.concepts)
    errors = check_watches((entry.watch() for entry in watches.values()), gazetteer, concepts)
    checked = zip(watches, errors, strict=True)
    homes = {outlet: name for outlet, name in section(document, "homes").items() if isinstance(name, str)}
    faults = [document.fault(("places", at), str(error)) for at, error in strange.items()]
    home_faults = _home_faults(homes, known.places, cache_dir)
    faults += [document.fault(("homes", outlet), fault) for outlet, fault in home_faults.items()]
    return faults + [_query_fault(document, at, error) for at, error in checked if error]


def _concepts(document: Document) -> Mapping[str, tuple[str, ...]]:
    """The file's own concepts; of a faulty one its name alone, so that no query which uses it is blamed."""
    known: dict[str, tuple[str, ...]] = {}
    for name, wordings in section(document, "concepts").items():
        for tried in ([name], wordings):
            with suppress(ValidationError):
                known |= WatchFile.model_validate({"concepts": {name: tried}}).concepts
    return known


def _refused(place: OwnPlace, cache_dir: Path | None) -> InputError | None:
    try:
        load_gazetteer(cache_dir, (place,))
    except InputError as error:
        return error
    return None


def _home_faults(homes: Mapping[str, str], own: Sequence[OwnPlace], cache_dir: Path | None) -> dict[str, str]:
    """By outlet what is wrong with its home."""
    if not homes:
        return {}
    atlas, faults = load_gazetteer(cache_dir, own), dict[str, str]()
    for outlet, name in homes.items():
        try:
            find_home(atlas, outlet, name)
        except InputError as error:
            faults[outlet] = str(error)
    return faults


def _query_fault(document: Document, at: int, error: QueryError) -> Fault:
    location = ("watches", at, "query")
    line, column = document.mark_within(location, error.line, error.column)
    return Fault(document.file, line, f"{document.name(location)}: column {column}: {error.message}")


def _gazetteer(watches: Iterable[Watch], told: WatchFile | Watchlist, cache_dir: Path | None) -> Gazetteer | None:
    """The gazetteer if a query asks for it: to build it the first time takes a while."""
    return load_gazetteer(cache_dir, told.places, told.homes) if needs_places(watches) else None
