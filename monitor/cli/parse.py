"""`monitor parse`: feed files to entries, a JSON line a file."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from monitor import wire
from monitor.errors import FeedError, InputError
from monitor.sources.feeds import ParsedFeed, parse_feed

LARGEST_FILE_BYTES = 256 * 1024 * 1024


@click.command("parse")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
def command(paths: tuple[str, ...]) -> None:
    """Write what feed files hold, one JSON line a file.

    PATH is a feed file, or a folder that is searched for them (hidden files and MANIFEST.jsonl are passed over).
    """
    failed = False
    for name, path in _files(paths):
        line, error = _line(name, path)
        failed |= error is not None
        click.echo(line)
        if error:
            click.echo(f"monitor: {path}: {error}", err=True)
    sys.exit(1 if failed else 0)


def _files(paths: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Every file with its name: relative to the folder that was given, else as it was given."""
    for given in map(Path, paths):
        if not given.exists():
            raise InputError(f"{given}: there is no such file or folder; check the path")
        if given.is_file():
            yield str(given), given
            continue
        for path in sorted(given.rglob("*")):
            name = path.relative_to(given)
            if path.is_file() and path.name != "MANIFEST.jsonl" and not any(p.startswith(".") for p in name.parts):
                yield name.as_posix(), path


def _line(name: str, path: Path) -> tuple[bytes, str | None]:
    """The line of one file, and what is wrong with it."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise FeedError(f"the file is larger than {LARGEST_FILE_BYTES // 2**20} MiB")
        parsed, error = parse_feed(path.read_bytes()), None
    except FeedError as fault:
        parsed, error = ParsedFeed(), str(fault)
    except OSError as fault:
        parsed, error = ParsedFeed(), f"cannot be read: {fault.strerror}"
    fields = {
        "file": name,
        "title": parsed.title,
        "entries": [orjson.Fragment(wire.plain(entry)) for entry in parsed.entries],
        "merged": parsed.merged,
        "error": error,
        "warnings": list(parsed.warnings),
    }
    return orjson.dumps(fields), error
