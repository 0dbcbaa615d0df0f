"""Where articles come from: files and folders of stories, feeds and article lines.

::

    path ─► files in order ─► kind of each ─► its articles ─► dates assumed where there are none
"""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedIOBase
from pathlib import Path
from typing import Literal

from monitor.core.reports.articles import assume_dates, to_article
from monitor.errors import InputError
from monitor.model import Article, Feed
from monitor.sources.lines import read_lines
from monitor.sources.seeds import parse_seed

Report = Callable[[str], None]
Kind = Literal["lines", "feed", "seed"]

LOOK_AHEAD = 200  # articles among which a first date is looked for, where the first ones have none
LARGEST_FILE_BYTES = 256 * 1024 * 1024  # of a feed or a seed; article lines are streamed and may be of any size
KINDS: dict[str, Kind] = {
    **dict.fromkeys((".jsonl", ".ndjson"), "lines"),
    **dict.fromkeys((".xml", ".rss", ".atom", ".rdf", ".feed"), "feed"),
    **dict.fromkeys((".txt", ".text", ".md"), "seed"),
}
_ASIDE = frozenset({"readme.md", "readme.txt", "license.txt", "licence.txt", "notice.txt"})
_CONFIGURATION = frozenset({".yaml", ".yml"})  # watches may lie beside the stories that they are tried on


def read_articles(
    *paths: str | Path, first_seen_at: datetime, on_error: Callable[[str], None] | None = None
) -> Iterator[Article]:
    """The articles of these files and folders, one after another, never all in memory.

    A path is article lines (also `.gz`; `-` = standard input), a seed file, a feed file, or a folder of these. A bad
    line, or a bad file in a folder, is told to `on_error` as `FILE:LINE: what` and passed over; without `on_error` it
    raises InputError, as do a path that is not there and a file named here that cannot be used at all.

    Undated articles at the very start are as old as the first that has a date; those of standard input are not kept
    waiting for it and count as just seen.
    """
    report = on_error or _refuse
    look_ahead = 0 if "-" in map(str, paths) else LOOK_AHEAD
    return assume_dates(_read_all(paths, first_seen_at, report), look_ahead=look_ahead)


def _read_all(paths: tuple[str | Path, ...], first_seen_at: datetime, report: Report) -> Iterator[Article]:
    for path in paths:
        if str(path) == "-":
            yield from read_lines(sys.stdin.buffer, "-", first_seen_at=first_seen_at, report=report)
        elif Path(path).is_dir():
            yield from _read_folder(Path(path), first_seen_at, report)
        else:
            yield from _read_file(_Source(Path(path), Path(path).name), first_seen_at, report)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file, and its name relative to the folder that was given."""

    path: Path
    name: str

    def __str__(self) -> str:
        return str(self.path)


def _refuse(fault: str) -> None:
    raise InputError(fault)


def _read_file(source: _Source, first_seen_at: datetime, report: Report) -> Iterator[Article]:
    """The articles of one file. Raises InputError, with its path, where it cannot be used at all."""
    try:
        with _open(source.path) as stream:
            kind = _kind(source.path, stream)
            if kind == "lines":
                yield from read_lines(stream, str(source), first_seen_at=first_seen_at, report=report)
                return
            raw = stream.read(LARGEST_FILE_BYTES + 1)
        if len(raw) > LARGEST_FILE_BYTES:
            raise InputError(f"{source}: the file is larger than {LARGEST_FILE_BYTES // 2**20} MiB")
        yield from _parse(kind, raw, source, first_seen_at)
    except FileNotFoundError:
        raise InputError(f"{source}: there is no such file or folder; check the path") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _parse(kind: Kind, raw: bytes, source: _Source, first_seen_at: datetime) -> Iterator[Article]:
    try:
        if kind == "seed":
            yield parse_seed(raw, source.name, first_seen_at=first_seen_at)
        else:
            yield from _feed_articles(raw, source, first_seen_at)
    except InputError as error:
        raise type(error)(f"{source}: {error}") from None


def _feed_articles(raw: bytes, source: _Source, first_seen_at: datetime) -> Iterator[Article]:
    """Entries oldest first: a feed document has its newest at the top."""
    from monitor.sources.feeds import parse_feed  # feedparser is slow to import and seldom needed

    parsed = parse_feed(raw)
    feed = Feed(id=parsed.id or source.name, url="", source=parsed.title or source.path.stem)
    articles = (to_article(entry, feed, first_seen_at) for entry in reversed(parsed.entries))
    yield from sorted(articles, key=lambda a: (a.published_at is not None, a.published_at or first_seen_at))


def _read_folder(folder: Path, first_seen_at: datetime, report: Report) -> Iterator[Article]:
    """Seeds in the order of their dates; what has none stays behind the file that its name puts before it.

    Undated ones that no dated one precedes count as just as old as the first that has a date.
    """
    sources = list(_files(folder, report))
    dates = [_date(source, first_seen_at) for source in sources]
    articles = _read_each(_in_order(sources, dates), first_seen_at, report)
    start = next(filter(None, dates), None)
    yield from assume_dates(articles, start - timedelta(seconds=1)) if start else articles


def _read_each(sources: Iterable[_Source], first_seen_at: datetime, report: Report) -> Iterator[Article]:
    for source in sources:
        try:
            yield from _read_file(source, first_seen_at, report)
        except InputError as error:
            report(str(error))


def _files(folder: Path, report: Report) -> Iterator[_Source]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith((".", "__")) for part in name.split("/")) or path.name.lower() in _ASIDE:
            continue
        if path.is_file() and path.suffix.lower() not in _CONFIGURATION:
            if _known(path):
                yield _Source(path, name)
            else:
                report(f"{path}: passed over: its ending is none of {' '.join(sorted(KINDS))} .json")


def _in_order(sources: list[_Source], dates: list[datetime | None]) -> list[_Source]:
    """By date; undated files take the date of the one before them by name, at the start that of the one after."""
    last = next(filter(None, dates), datetime.min.replace(tzinfo=UTC))
    keys = [last := date or last for date in dates]
    return [source for _, source in sorted(zip(keys, sources, strict=True), key=lambda pair: pair[0])]


def _date(source: _Source, first_seen_at: datetime) -> datetime | None:
    """The date that a seed gives itself; a file of another kind has none, and faults are told when it is read."""
    try:
        with _open(source.path) as stream:
            if _kind(source.path, stream) != "seed":
                return None
            raw = stream.read(LARGEST_FILE_BYTES)
        return parse_seed(raw, source.name, first_seen_at=first_seen_at).published_at
    except (OSError, EOFError, zlib.error, InputError):
        return None


def _known(path: Path) -> bool:
    return _ending(path) in {*KINDS, ".json"}


def _ending(path: Path) -> str:
    return Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower()


def _open(path: Path) -> BufferedIOBase:
    """The file, unpacked where its first bytes say that it is packed, whatever it is called."""
    with path.open("rb") as probe:
        packed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _kind(path: Path, stream: BufferedIOBase) -> Kind:
    """By the file's ending, else by how it begins: markup is a feed, objects are lines unless they hold items."""
    if (kind := KINDS.get(_ending(path))) is not None:
        return kind
    start = stream.read(65536).lstrip(b"\xef\xbb\xbf \t\r\n")
    stream.seek(0)
    if start.startswith(b"{"):
        return "feed" if b'"items"' in start or b"jsonfeed.org" in start else "lines"
    return "feed" if start.startswith(b"<") else "seed"
