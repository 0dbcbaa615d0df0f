"""Seed files: one report each, as plain text.

::

     date 2017-10-14 - ITV Report          Title
    Title                                                        (a blank line)
    A paragraph a line                     Paragraphs
                                           Source: AFP

Before either may stand a front matter: lines `---`, `source: …`, `url: …`, `published_at: …`, `corrects: …`, `---`.
What is in neither layout is still an article: its first line the title, the rest the text.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from monitor.core.reports.articles import article_id, canonical_url, normalised
from monitor.core.reports.dates import parse_date
from monitor.errors import InputError
from monitor.model import Article
from monitor.sources.encodings import decode

KEYS = ("source", "url", "published_at", "corrects")
_DATELINE = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2}\S*)\s*(?:[-–—]\s*(.*?)\s*)?$", re.I)
_SOURCE = re.compile(r"\s*source\s*:\s*(\S.{0,80}?)\s*$", re.I)
_REPORT = re.compile(r"\s+report$", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """A report in parts; `head` is what its first lines say of it."""

    title: str
    text: str
    source: str | None = None
    published_at: datetime | None = None
    head: Mapping[str, str] = field(default_factory=dict)


def parse_seed(raw: bytes, name: str, *, first_seen_at: datetime) -> Article:
    """The article in this file; `name`, without its ending, is its source where it names none.

    Its id is made of its url, else of `name`. Raises InputError where the bytes are no text or say nothing.
    """
    text = decode(raw)
    if text is None:
        raise InputError("this is no text file (it holds bytes that no text holds)")
    report = _parse(text.splitlines())
    if not (report.title or report.text):
        raise InputError("the file is empty")
    url = report.head.get("url")
    return normalised(
        Article(
            id=article_id("seed", canonical_url(url) if url else name),
            revision="",
            source=report.source or name.rpartition("/")[2].rpartition(".")[0] or name,
            title=report.title,
            text=report.text,
            url=url,
            published_at=report.published_at,
            first_seen_at=first_seen_at,
            corrects=report.head.get("corrects"),
        )
    )


def _parse(lines: Sequence[str]) -> _Report:
    head, lines = _front_matter(lines)
    lines = _trimmed(lines)
    dateline = _DATELINE.match(lines[0]) if lines else None
    if dateline:
        lines = _trimmed(lines[1:])
        source, raw_date = _REPORT.sub("", dateline[2] or "") or None, dateline[1]
    else:
        source, raw_date = None, ""
    signed = _SOURCE.match(lines[-1]) if len(lines) > 1 else None
    if signed:
        lines = _trimmed(lines[:-1])
    return _Report(
        title=lines[0].strip() if lines else "",
        text="\n".join(_trimmed(lines[1:])),
        source=head.get("source") or source or (signed[1] if signed else None),
        published_at=_date(head.get("published_at") or raw_date),
        head=head,
    )


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
    """What stands between two lines `---` at the start, if every line there is a known key with its value."""
    if not lines or lines[0].strip() != "---":
        return {}, lines
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        return {}, lines
    head = {}
    for number, line in enumerate(lines[1:end], 2):
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in KEYS:
            raise InputError(f"line {number}: expected one of {', '.join(KEYS)} with its value, found {line!r:.60}")
        head[key.strip()] = value.strip().strip("\"'")
    return head, lines[end + 1 :]


def _date(raw: str) -> datetime | None:
    if not raw:
        return None
    found = parse_date(raw)
    if found is None:
        raise InputError(f"expected a date such as 2026-03-03T12:00:00Z, found {raw!r:.60}")
    return found


def _trimmed(lines: Sequence[str]) -> Sequence[str]:
    """The lines without blank ones at either end."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []
