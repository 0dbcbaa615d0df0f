"""Feed documents → entries: RSS, RDF and Atom by feedparser, JSON Feed directly.

::

    bytes ─► text (encoding) ─► raw entries ─► plain text of all bodies ─► each entry once, under an id of its own

An independent count of the items that the document claims keeps a parser's silent zero from going unseen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser

from monitor.core.reports.articles import distinct, printable
from monitor.core.reports.bodies import join_bodies
from monitor.core.reports.dates import parse_date
from monitor.core.reports.html import html_to_text, plain_lines
from monitor.errors import FeedError, InputError
from monitor.model import Entry
from monitor.sources import jsonfeed
from monitor.sources.encodings import decode
from monitor.sources.unpack import unpack

LARGEST_BYTES = 256 * 1024 * 1024
MOST_ENTRIES = 20_000  # of one document; the first ones are kept
DEEPEST = 1_000  # levels of nested elements; real feeds stay below 50

_PROLOG = re.compile(r"<\?xml\b[^>]{0,300}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"'][^>]{0,300}?\?>", re.I)
_ANY_PROLOG = re.compile(r"\s*<\?xml\b[^>]{0,600}?\?>", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,10})|(\d{1,10}));")
_HIDDEN = re.compile(r"<!\[CDATA\[|<!--")
_ITEM = re.compile(r"<(?:([\w.-]+):)?(?:item|entry)[\s>]")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(rss|feed|RDF)[\s>]")
_OPENING = re.compile(r"<(/?)[A-Za-z_][^<>]*?(/?)>")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HTML_TITLE = re.compile(r"<title[^>]{0,200}>(.{0,300}?)</title", re.I | re.S)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed document holds, in its own order."""

    title: str = ""
    id: str = ""  # what the feed calls itself: its id, else its site's address
    entries: tuple[Entry, ...] = ()
    merged: int = 0  # repeats of an entry that were counted once
    warnings: tuple[str, ...] = ()


def parse_feed(raw: bytes, *, url: str = "", content_type: str = "") -> ParsedFeed:
    """The feed in these bytes; `url` is where they came from, for relative links.

    Raises FeedError where they are no feed, or where they claim items of which none could be read.
    """
    try:
        raw = unpack(raw, limit_bytes=LARGEST_BYTES)
    except InputError as error:
        raise FeedError(str(error)) from None
    text = decode(raw, *_declared(raw, content_type))
    if text is None:
        raise FeedError("this is no text, and so no feed")
    text = text.lstrip("\ufeff \t\r\n")
    if not text:
        raise FeedError("the document is empty")
    if text.startswith("{"):
        return _parsed(jsonfeed.parse(text, url))
    return _parsed(_parse_xml(text, url))


def _parsed(found: jsonfeed.Found) -> ParsedFeed:
    entries, merged = distinct(found.entries[:MOST_ENTRIES])
    warnings = list(found.warnings)
    if len(found.entries) > MOST_ENTRIES:
        warnings.append(f"the feed has {len(found.entries)} items; the first {MOST_ENTRIES} are read")
    return ParsedFeed(title=found.title, id=found.id, entries=tuple(entries), merged=merged, warnings=tuple(warnings))


def _declared(raw: bytes, content_type: str) -> Iterator[str]:
    """Encodings that the header and the document's first line name, in the order in which they are believed."""
    if found := _CHARSET.search(content_type):
        yield found[1]
    if found := _PROLOG.search(raw[:1024].decode("latin-1")):
        yield found[1]


def _parse_xml(text: str, url: str) -> jsonfeed.Found:
    text = printable(_REFERENCE.sub(_legal, _ANY_PROLOG.sub("", text, count=1)))
    bare = "".join(_unhidden(text))
    if _too_deep(bare):
        raise FeedError(f"elements are nested more than {DEEPEST} deep: this is no feed")
    items = _ITEM.findall(bare)
    claimed = len(items)
    document = _feedparser(text, url)
    if claimed and not document.entries and items[0]:
        document = _feedparser(_without_prefix(text, items[0]), url)
    if not (document.get("version") or document.entries or _ROOT.search(bare)):
        raise FeedError(_what_it_is(text))
    if claimed and not document.entries:
        raise FeedError(f"the feed has {claimed} items, but none of them can be read: {_reason(document)}")
    warnings = [f"not well-formed: {_reason(document)}"] if document.get("bozo") else []
    if claimed > len(document.entries):
        warnings.append(f"the feed has {claimed} items, {len(document.entries)} of them could be read")
    return jsonfeed.Found(
        title=_line(document.feed.get("title_detail") or {}),
        id=str(document.feed.get("id") or document.feed.get("link") or ""),
        entries=[_entry(item, str(document.get("version") or ""), url) for item in document.entries],
        warnings=warnings,
    )


def _legal(reference: re.Match[str]) -> str:
    """A reference to what XML holds to be no character (its production 2) makes parsers give up on all of the feed."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    legal = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code <= 0x10FFFF
    return reference[0] if legal else "\ufffd"


def _feedparser(text: str, url: str) -> Any:
    """feedparser's result; it is given bytes only, since it opens a string as a file or URL."""
    raw = b'<?xml version="1.0" encoding="utf-8"?>\n' + text.encode()
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        return feedparser.parse(raw, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:  # whatever a document makes it raise is that document's fault, not ours
        raise FeedError(f"the feed cannot be read: {type(error).__name__}: {error!s:.200}") from error


def _without_prefix(text: str, prefix: str) -> str:
    """The document with a prefix dropped that it uses for its items but never declares."""
    return re.sub(rf"<(/?){re.escape(prefix)}:", r"<\1", text)


def _reason(document: Any) -> str:
    return " ".join(f"{document.get('bozo_exception') or 'no reason known'}".split())[:200]


def _unhidden(text: str) -> Iterator[str]:
    """The document without what CDATA sections and comments hide; one that never ends hides the rest."""
    at = 0
    while found := _HIDDEN.search(text, at):
        yield text[at : found.start()]
        closing = "-->" if found[0] == "<!--" else "]]>"
        end = text.find(closing, found.end())
        if end < 0:
            return
        at = end + 3
    yield text[at:]


def _too_deep(bare: str) -> bool:
    depth = 0
    for tag in _OPENING.finditer(bare):
        depth += -1 if tag[1] else not tag[2]
        if depth > DEEPEST:
            return True
    return False


def _what_it_is(text: str) -> str:
    if _HTML.match(text[:20_000]) or "<html" in text[:1000].lower():
        title = _HTML_TITLE.search(text[:200_000])
        called = f' (title "{" ".join(html_to_text(title[1]).split())[:100]}")' if title else ""
        return f"this is an HTML page{called}, not a feed; look on the page for the address of its feed"
    return f"this is neither RSS, Atom, RDF nor JSON Feed; it begins with {text[:40]!r}"


def _entry(item: Any, version: str, url: str) -> Entry:
    published, updated = (_date(item, name) for name in ("published", "updated"))
    if published is None:
        published = _date(item, "created") or (None if version.startswith("atom") else updated)
    guid = str(item.get("id") or "").strip()
    return Entry(
        id=guid,
        link=_link(item, guid, url),
        title=_line(item.get("title_detail") or {}),
        text=join_bodies(_bodies(item)),
        published_at=published,
        updated_at=updated,
        author=plain_lines(str(item.get("author") or "")).replace("\n", " ") or None,
    )


def _date(item: Any, name: str) -> datetime | None:
    """The instant as the publisher wrote it; feedparser's own reading makes 1 November of 2026-W10-2."""
    written = item.has_key(name)  # its `get` would answer for "updated" with "published"
    return parse_date(str(item[name])) if written else None


def _link(item: Any, guid: str, url: str) -> str | None:
    """The entry's own page: what enclosures, replies and the like lead to is something else."""
    links = [link for link in item.get("links") or () if link.get("href")]
    own = next((link["href"] for link in links if link.get("rel", "alternate") == "alternate"), None)
    if own is None and guid.lower().startswith(("http://", "https://")) and item.get("guidislink"):
        own = guid
    if own is None:
        given = item.get("link")
        own = given if given and given not in {guid, *(link["href"] for link in links)} else None
    return jsonfeed.absolute(url, str(own or ""))


def _line(detail: Any) -> str:
    return _plain(detail).replace("\n", " ")


def _plain(detail: Any) -> str:
    value = str(detail.get("value") or "")
    return html_to_text(value) if "html" in str(detail.get("type")) else plain_lines(value)


def _bodies(item: Any) -> Iterator[str]:
    for content in item.get("content") or ():
        yield _plain(content)
    if item.get("summary_detail"):
        yield _plain(item["summary_detail"])
