"""What commands that try watches on files share: a file of watches, compiled, or every fault of it."""

from difflib import get_close_matches
from pathlib import Path

from monitor.core.matching.watches import WatchSet
from monitor.errors import ConfigError, InputError, QueryError
from monitor.settings import cache_folder, load_watch_file
from monitor.watchfile import WatchFile
from monitor.watchset import load_watch_set, query_faults


def open_watches(path: Path, only: str | None = None) -> WatchSet:
    """The watches of a file, or one of them, ready.

    Raises ConfigError with every fault, InputError where the file has no such watch.
    """
    file = load_watch_file(path)
    if only is not None:
        file = _only(file, only, path)
    return compiled(file, path, cache_folder())


def compiled(file: WatchFile, path: Path, cache_dir: Path | None = None) -> WatchSet:
    """The watches that were read from this path, or a part of them, ready. Raises ConfigError with every fault."""
    try:
        return load_watch_set(file, cache_dir)
    except QueryError:
        raise ConfigError(query_faults(path, file, cache_dir)) from None


def _only(file: WatchFile, wanted: str, path: Path) -> WatchFile:
    kept = tuple(entry for entry in file.watches if entry.id == wanted)
    if not kept:
        names = [entry.id for entry in file.watches]
        near = ", ".join(get_close_matches(wanted, names, 3) or names[:5]) or "none at all"
        raise InputError(f"{path}: there is no watch {wanted!r} in it; there is {near}")
    return file.model_copy(update={"watches": kept})
