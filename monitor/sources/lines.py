"""Article lines: one JSON object a line, as `{"id", "source", "url", "title", "text", "published_at"}`.

Optional are `language`, `author` and `corrects`; other fields are passed over. Only `title` or `text` must say
something: an article without an id is named by its url, else by what it says.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BufferedIOBase
from typing import Any, BinaryIO

import orjson

from monitor.core.reports.articles import article_id, canonical_url, normalised, revision
from monitor.core.reports.dates import parse_date
from monitor.errors import InputError
from monitor.model import Article

LONGEST_LINE_BYTES = 8 * 1024 * 1024

Report = Callable[[str], None]


def read_lines(
    stream: BinaryIO | BufferedIOBase, name: str, *, first_seen_at: datetime, report: Report
) -> Iterator[Article]:
    """The articles in this stream, one line at a time; a line that is none is reported as `NAME:LINE: what`."""
    for number, line in enumerate(_lines(stream), 1):
        if not line.strip():
            continue
        try:
            yield parse_line(line, first_seen_at=first_seen_at)
        except InputError as error:
            report(f"{name}:{number}: {error}")


def parse_line(line: bytes, *, first_seen_at: datetime) -> Article:
    """The article on one line. Raises InputError and says what was expected."""
    fields = _load(line)
    title, text = _text(fields, "title") or "", _text(fields, "text") or ""
    if not (title.strip() or text.strip()):
        raise InputError("the article has neither a title nor a text")
    source, url = _text(fields, "source") or "unknown", _text(fields, "url")
    return normalised(
        Article(
            id=_id(fields, source, url) or article_id(source, revision(title, text)),
            revision="",
            source=source,
            title=title,
            text=text,
            url=url,
            published_at=_date(fields),
            first_seen_at=first_seen_at,
            language=_text(fields, "language"),
            author=_text(fields, "author"),
            corrects=_text(fields, "corrects"),
        )
    )


def _lines(stream: BinaryIO | BufferedIOBase) -> Iterator[bytes]:
    """Lines; of one that is too long the start comes, and the next begins where it should."""
    while line := stream.readline(LONGEST_LINE_BYTES):
        yield line
        while not line.endswith(b"\n") and len(line) == LONGEST_LINE_BYTES:
            line = stream.readline(LONGEST_LINE_BYTES)


def _load(line: bytes) -> dict[str, Any]:
    if len(line) == LONGEST_LINE_BYTES:
        raise InputError(f"the line is longer than {LONGEST_LINE_BYTES // 2**20} MiB")
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        fields = _load_leniently(line)
    if not isinstance(fields, dict):
        raise InputError(f'expected an object such as {{"id": …, "title": …, "text": …}}, found {fields!r:.60}')
    return fields


def _load_leniently(line: bytes) -> object:
    """For lone surrogates, raw control characters and byte order marks: no reason to lose an article."""
    try:
        return json.loads(line, strict=False)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no JSON: {error}") from None


def _text(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InputError(f"{name}: expected a text, found {value!r:.60}")


def _id(fields: dict[str, Any], source: str, url: str | None) -> str | None:
    """The id given, a whole number included; else one from the address."""
    given = fields.get("id")
    if type(given) is int:
        return str(given)
    return _text(fields, "id") or (article_id(source, canonical_url(url)) if url else None)


def _date(fields: dict[str, Any]) -> datetime | None:
    raw = _text(fields, "published_at")
    if not raw:
        return None
    found = parse_date(raw)
    if found is None:
        raise InputError(f"published_at: expected an instant such as 2026-03-03T12:00:00Z, found {raw!r:.60}")
    return found
