"""Entry → article: identity, canonical address, dates, size.

What is decided here depends on the entry, its neighbours in the document and the instant given: the same bytes give
the same articles on every machine and at every poll.
"""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import chain, islice
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from monitor.model import Article, Entry, Feed

LONGEST_TEXT_BYTES = 256 * 1024
LONGEST_TITLE_BYTES = 4 * 1024
LONGEST_URL = 8 * 1024
LONGEST_NAME_BYTES = 512  # of an author, an outlet, an id
LONGEST_LANGUAGE_BYTES = 64
EARLY = timedelta(minutes=10)  # a date further in the future than this is not believed

# Parameters that say how a reader came, not what is read. Where a site uses one of these names for its pages, two
# entries may get one key; `distinct` then tells them apart by their titles.
TRACKING = frozenset(
    re.findall(
        r"\S+",
        """
        fbclid gclid dclid gbraid wbraid msclkid yclid twclid igshid mc_cid mc_eid _hsenc _hsmi mkt_tok
        vero_id oly_enc_id at_medium at_campaign at_custom1 at_custom2 at_custom3 at_custom4 at_link_id
        at_link_type at_link_origin at_format at_ptr_name at_bbc_team ns_mchannel ns_source ns_campaign
        ns_linkname ns_fee cmp cmpid ocid ito smid smtyp xtor wt_mc wt.mc_id maca traffic_source partner emc
        feedtype feedname guccounter soc_src soc_trk __twitter_impression sr_share spm s_cid icid intcid
        ftag
        """,
    )
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def article_id(feed: str, identity: str) -> str:
    """Name of an article: a hash of the feed's id and what identifies the entry in it (32 hex digits)."""
    return _hash(feed, identity, size=16)


def revision(title: str, text: str) -> str:
    """Name of what an article says now: a hash of title and text (24 hex digits)."""
    return _hash(title, text, size=12)


def printable(text: str) -> str:
    """The text without what no text holds: a control character becomes a space, a lone surrogate U+FFFD.

    One for one, so that offsets stay true; tab and line breaks stay.
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))


def cut(text: str, limit_bytes: int) -> str:
    """As much of the text as fits into so many bytes of UTF-8, never ending inside a character."""
    if len(text) * 4 <= limit_bytes:
        return text
    raw = text.encode()
    return text if len(raw) <= limit_bytes else raw[:limit_bytes].decode(errors="ignore")


_PLAIN_URL = re.compile(r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)+)((?:/[A-Za-z0-9_.~%-]*)*)")


def canonical_url(url: str) -> str:
    """The key of an address: what it leads to, whatever scheme, case, port, fragment or tracking it is written with.

    For comparing only; it is no address any more (it has no scheme).
    """
    if plain := _PLAIN_URL.fullmatch(url):
        return f"//{plain[1]}{plain[2].rstrip('/')}"  # nearly all are, and need no parsing
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return url.strip()
    place = host if port in (None, *_DEFAULT_PORTS.values()) else f"{host}:{port}"
    query = urlencode(sorted(_telling_parameters(parts)))
    return f"//{place}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")


def _telling_parameters(parts: SplitResult) -> Iterator[tuple[str, str]]:
    for name, value in parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape"):
        if name.lower() not in TRACKING and not name.lower().startswith("utm_"):
            yield printable(name), printable(value)


def identity(entry: Entry) -> str:
    """What makes an entry the same at the next poll: its guid with its link's key; without a guid, the key alone.

    A publisher who uses a guid again for another page has thus published another entry.
    """
    link = canonical_url(entry.link) if entry.link else ""
    return link if entry.id == entry.link else f"{entry.id}\n{link}"


def distinct(entries: Iterable[Entry]) -> tuple[list[Entry], int]:
    """The entries of one document, each once and under an id of its own; and how many were repeats.

    An entry may come with an empty id: then its link is its id, else its title, date and text. Where entries that
    differ in their titles share what should identify them, the title becomes part of their ids.
    """
    named = [_named(entry) for entry in entries]
    titles = Counter(key for key, _ in {(identity(e), e.title) for e in named})
    named = [_named_by_title(e) if titles[identity(e)] > 1 else e for e in named]
    once: dict[str, Entry] = {}
    for entry in named:
        once.setdefault(identity(entry), entry)
    clashes = Counter(entry.id for entry in once.values())
    unique = [_named_by_link(e) if clashes[e.id] > 1 else e for e in once.values()]
    return unique, len(named) - len(unique)


def _named(entry: Entry) -> Entry:
    if entry.id:
        return entry
    if entry.link:
        return dataclasses.replace(entry, id=entry.link)
    at = entry.published_at.isoformat() if entry.published_at else ""
    return dataclasses.replace(entry, id=_hash(entry.title, at, entry.text, size=16))


def _named_by_title(entry: Entry) -> Entry:
    return dataclasses.replace(entry, id=f"{entry.id} {entry.title}")


def _named_by_link(entry: Entry) -> Entry:
    return dataclasses.replace(entry, id=f"{entry.id} {entry.link or ''}")


def to_article(entry: Entry, feed: Feed, first_seen_at: datetime, *, backlog: bool = False) -> Article:
    """The article that an entry of this feed is, cut to what is kept and cleaned of what no text holds."""
    return normalised(
        Article(
            id=article_id(feed.id, identity(entry)),
            revision="",
            source=feed.source,
            title=entry.title,
            text=entry.text,
            url=entry.link,
            feed=feed.id,
            published_at=entry.published_at or entry.updated_at,
            date_assumed=entry.published_at is None and entry.updated_at is not None,
            first_seen_at=first_seen_at,
            backlog=backlog,
            language=feed.language,
            author=entry.author,
        )
    )


def normalised(found: Article) -> Article:
    """An article as it was found → as it is published: cut and cleaned, its revision named; every source ends here.

    An id that is too long or holds what no text holds becomes a hash. A date more than ten minutes after
    `first_seen_at` becomes that instant and counts as assumed.
    """
    title, text = printable(found.title).strip(), printable(found.text)
    title_kept, text_kept = cut(title, LONGEST_TITLE_BYTES), cut(text, LONGEST_TEXT_BYTES)
    early = found.published_at is not None and found.published_at > found.first_seen_at + EARLY
    return dataclasses.replace(
        found,
        id=_published_id(found),
        revision=revision(title_kept, text_kept),
        source=_line(found.source, LONGEST_NAME_BYTES) or "unknown",
        title=title_kept,
        text=text_kept,
        url=_published_url(found.url),
        feed=_short(found.feed, LONGEST_URL),
        published_at=found.first_seen_at if early else found.published_at,
        date_assumed=found.date_assumed or early,
        cut=len(title_kept) < len(title) or len(text_kept) < len(text),
        language=_line(found.language, LONGEST_LANGUAGE_BYTES),
        author=_line(found.author, LONGEST_NAME_BYTES),
        corrects=_short(found.corrects, LONGEST_TITLE_BYTES),
    )


def _published_id(found: Article) -> str:
    """The id as given; a hash of it keeps those apart that cleaning or cutting would make one."""
    is_sound = found.id == printable(found.id) == cut(printable(found.id), LONGEST_NAME_BYTES)
    return found.id if is_sound else article_id(found.feed or found.source, found.id)


def _line(text: str | None, limit_bytes: int) -> str | None:
    return _short(" ".join((text or "").split()), limit_bytes)


def _short(text: str | None, limit_bytes: int) -> str | None:
    return cut(printable(text or "").strip(), limit_bytes) or None


def _published_url(url: str | None) -> str | None:
    """The address as it was given, where a person may safely be led there: http and https only."""
    url = printable(url or "").strip()
    return url if url.lower().startswith(("http://", "https://")) and len(url) <= LONGEST_URL else None


def assume_dates(articles: Iterable[Article], after: datetime | None = None, look_ahead: int = 0) -> Iterator[Article]:
    """The same articles; one without a date comes one second after the one before it, and says so.

    The first of all, where it has none, comes after `after`; else it is as old as the first one that has a date, which
    is looked for among so many (they wait in memory); else it comes when it was first seen.
    """
    rest, last = iter(articles), after
    start = [] if after else _until_dated(rest, look_ahead)
    if start and start[-1].published_at:
        last = start[-1].published_at - timedelta(seconds=1)
    for article in chain(start, rest):
        if article.published_at is None:
            at = last + timedelta(seconds=1) if last else article.first_seen_at
            article = dataclasses.replace(article, published_at=at, date_assumed=True)  # noqa: PLW2901
        last = article.published_at
        yield article


def _until_dated(articles: Iterator[Article], most: int) -> list[Article]:
    """The articles as far as the first that has a date, but no more than so many."""
    taken: list[Article] = []
    for article in islice(articles, most):
        taken.append(article)
        if article.published_at:
            break
    return taken


def _hash(*parts: str, size: int) -> str:
    """Hash of texts; the length before each keeps ("ab", "c") apart from ("a", "bc")."""
    digest = blake2b(digest_size=size)
    for part in parts:
        raw = part.encode(errors="surrogatepass")
        digest.update(b"%d:" % len(raw) + raw)
    return digest.hexdigest()
