"""JSON Feed (jsonfeed.org, versions 1 and 1.1) → raw entries."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from monitor.core.reports.articles import printable
from monitor.core.reports.bodies import join_bodies
from monitor.core.reports.dates import parse_date
from monitor.core.reports.html import html_to_text, plain_lines
from monitor.errors import FeedError
from monitor.model import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a document of any format holds; ids may still be empty or shared."""

    title: str
    id: str
    entries: Sequence[Entry]
    warnings: Sequence[str] = ()


def parse(text: str, url: str) -> Found:
    """The feed in this JSON; raw control characters in its strings are let pass. Raises FeedError."""
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError(f"this begins like a JSON Feed, but is no JSON: {error!s:.200}") from None
    items = document.get("items")
    if not isinstance(items, list):
        raise FeedError("this is JSON, but no JSON Feed: it has no list of items")
    entries = [_entry(item, url) for item in items if isinstance(item, dict)]
    if items and not entries:
        raise FeedError(f"the feed has {len(items)} items, but none of them is an object")
    refused = len(items) - len(entries)
    return Found(
        title=_line(document.get("title")),
        id=_word(document.get("feed_url")) or _word(document.get("home_page_url")),
        entries=entries,
        warnings=[f"the feed has {len(items)} items, {refused} of them are no objects"] if refused else [],
    )


def absolute(base: str, link: str) -> str | None:
    """The address that a link in a document leads to; None where there is none or it cannot be read."""
    try:
        return urljoin(base, link.strip()) if link.strip() else None
    except ValueError:
        return None


def _entry(item: dict[str, Any], url: str) -> Entry:
    return Entry(
        id=_word(item.get("id")),
        link=_link(item, url),
        title=_line(item.get("title")),
        text=join_bodies(_bodies(item)),
        published_at=_date(item.get("date_published")),
        updated_at=_date(item.get("date_modified")),
        author=_author(item),
    )


def _bodies(item: dict[str, Any]) -> Iterator[str]:
    yield html_to_text(_string(item.get("content_html")))
    yield plain_lines(_string(item.get("content_text")))
    yield plain_lines(_string(item.get("summary")))


def _link(item: dict[str, Any], url: str) -> str | None:
    return absolute(url, _word(item.get("url")) or _word(item.get("external_url")))


def _author(item: dict[str, Any]) -> str | None:
    """Names of version 1.1's `authors`, else of version 1's `author`."""
    authors = item.get("authors") if isinstance(item.get("authors"), list) else [item.get("author")]
    names = (_line(a.get("name")) for a in authors or () if isinstance(a, dict))
    return ", ".join(filter(None, names)) or None


def _date(value: object) -> datetime | None:
    return parse_date(value) if isinstance(value, str) else None


def _line(value: object) -> str:
    return plain_lines(_string(value)).replace("\n", " ")


def _string(value: object) -> str:
    return printable(value) if isinstance(value, str) else ""


def _word(value: object) -> str:
    """An id or address; the format asks for texts, publishers also write numbers."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _string(value).strip()
