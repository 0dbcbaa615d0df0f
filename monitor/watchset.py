"""A file of watches → the compiled set, with the gazetteer and the concepts that its queries speak of."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from monitor.concepts import load_concepts
from monitor.configcheck import items, section
from monitor.configfile import Document, read
from monitor.core.matching.watches import WatchSet, check_watch, compile_watches, needs_places
from monitor.core.places.places import Gazetteer
from monitor.errors import Fault, InputError, QueryError
from monitor.frequencies import shipped_frequency
from monitor.gazetteer import load_gazetteer
from monitor.watchfile import OwnPlace, WatchEntry, WatchFile


def load_watch_set(file: WatchFile, cache_dir: Path | None = None) -> WatchSet:
    """The watches of this file, ready. Raises QueryError, naming the watch, for the first that cannot be used."""
    gazetteer = _gazetteer(file, cache_dir)
    concepts = load_concepts(file.concepts)
    watches = [entry.watch() for entry in file.watches]
    return compile_watches(watches, gazetteer, concepts, shipped_frequency())


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
    places = dict(items(document, "places", OwnPlace))
    strange = {at: error for at, place in places.items() if (error := _refused(place, cache_dir))}
    known = WatchFile(
        watches=tuple(watches.values()),
        places=tuple(place for at, place in places.items() if at not in strange),
        concepts=_concepts(document),
    )
    gazetteer, concepts = _gazetteer(known, cache_dir), load_concepts(known.concepts)
    checked = ((at, check_watch(entry.watch(), gazetteer, concepts)) for at, entry in watches.items())
    faults = [document.fault(("places", at), str(error)) for at, error in strange.items()]
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


def _query_fault(document: Document, at: int, error: QueryError) -> Fault:
    location = ("watches", at, "query")
    line, column = document.mark_within(location, error.line, error.column)
    return Fault(document.file, line, f"{document.name(location)}: column {column}: {error.message}")


def _gazetteer(file: WatchFile, cache_dir: Path | None) -> Gazetteer | None:
    """The gazetteer if a query asks for it: to build it the first time takes a while."""
    needed = needs_places([entry.watch() for entry in file.watches])
    return load_gazetteer(cache_dir, file.places) if needed else None
