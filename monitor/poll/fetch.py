"""One conditional GET of a feed: guarded at every hop, with deadlines and a cap on what is taken.

::

    address checked ─► request with both validators ─► redirect? (≤ 5, checked again) ─► status ─► body, capped
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp

from monitor.clock import now as wall_clock
from monitor.core.reports.dates import parse_date
from monitor.errors import AddressRefused, FetchError, InputError
from monitor.model import Feed, FeedState
from monitor.poll.addresses import GuardedResolver, check_url
from monitor.settings import PollSettings
from monitor.sources.encodings import decode
from monitor.sources.unpack import GZIP, TooLarge, unpack

MOST_REDIRECTS = 5
LONGEST_WAIT_SECONDS = 24 * 3600  # no Retry-After is obeyed for longer
CONNECTIONS = 64
_CHUNK_BYTES = 64 * 1024
_LONGEST_HEADER_BYTES = 32 * 1024

# status → label and what to tell; the rest by their hundreds
_REFUSALS = {
    401: ("forbidden", "the server wants a login"),
    403: ("forbidden", "the server refuses us"),
    404: ("not_found", "there is nothing at this address"),
    410: ("gone", "the server says that this feed is gone for good"),
    429: ("rate_limited", "the server says that we come too often"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server has nothing new."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, unpacked, and the validators for the next request, verbatim."""

    body: bytes
    final_url: str
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    oddity: str = ""  # what the server did wrong and was let pass


class Fetcher:
    """Fetches feeds over one pool of connections; an async context manager."""

    def __init__(
        self,
        settings: PollSettings,
        *,
        resolver: aiohttp.abc.AbstractResolver | None = None,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._resolver = GuardedResolver(settings.allow_hosts, resolver)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=self._resolver, use_dns_cache=False, limit=CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._settings.connect_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_field_size=_LONGEST_HEADER_BYTES,
            max_line_size=_LONGEST_HEADER_BYTES,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._resolver.close()

    async def fetch(self, feed: Feed, state: FeedState | None) -> Fetched | NotModified:
        """What the feed's address holds now. Raises FetchError, AddressRefused where it may not be contacted."""
        try:
            async with asyncio.timeout(self._settings.total_seconds):
                return await self._follow(feed, _headers(feed, state, self._settings), state)
        except FetchError:
            raise
        except TimeoutError:
            raise FetchError("the server was too slow: no whole answer before the deadline", "timeout") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _explained(error) from error

    async def _follow(self, feed: Feed, headers: Mapping[str, str], state: FeedState | None) -> Fetched | NotModified:
        url = feed.url
        for _ in range(MOST_REDIRECTS + 1):
            target = check_url(url, self._settings.allow_hosts)
            async with self._session.get(target, headers=headers, allow_redirects=False) as response:
                location = response.headers.get("Location")
                if response.status not in (301, 302, 303, 307, 308) or not location:
                    return await self._answer(response, state)
            url = urljoin(url, location)
        raise FetchError(f"the server redirects in a circle, or more than {MOST_REDIRECTS} times", "redirects")

    async def _answer(self, response: aiohttp.ClientResponse, state: FeedState | None) -> Fetched | NotModified:
        etag, last_modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
        if response.status == 304:
            if state is None or not (state.etag or state.last_modified):
                raise FetchError("the server says 'not modified' to one who has nothing yet", "bad_status")
            return NotModified(etag=etag, last_modified=last_modified)
        if not 200 <= response.status < 300:
            raise _refused(response, self._clock())
        raw = await _capped(response, self._settings.max_body_bytes)
        body, oddity = _unpacked(raw, response.headers.get("Content-Encoding", ""), self._settings.max_body_bytes)
        return Fetched(
            body=body,
            final_url=str(response.url),
            etag=etag,
            last_modified=last_modified,
            content_type=response.headers.get("Content-Type", ""),
            oddity=oddity,
        )


def _headers(feed: Feed, state: FeedState | None, settings: PollSettings) -> dict[str, str]:
    headers = {
        "User-Agent": feed.user_agent or settings.user_agent,
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip, deflate",
    }
    if state and state.etag:
        headers["If-None-Match"] = state.etag
    if state and state.last_modified:
        headers["If-Modified-Since"] = state.last_modified
    return headers


async def _capped(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > limit_bytes:
            raise FetchError(str(TooLarge(limit_bytes)), "too_large")
    return bytes(body)


def _unpacked(raw: bytes, announced: str, limit_bytes: int) -> tuple[bytes, str]:
    """The body as it was before packing, whatever was announced; and what was wrong with the announcement."""
    codings = {coding.strip().lower() for coding in announced.split(",")} - {"", "identity"}
    try:
        body = unpack(raw, limit_bytes=limit_bytes, deflated="deflate" in codings)
    except TooLarge as error:
        raise FetchError(str(error), "too_large") from None
    except InputError as error:
        raise FetchError(str(error), "encoding") from None
    if unknown := codings - {"gzip", "x-gzip", "deflate"}:
        if decode(body[:_CHUNK_BYTES]) is None:
            raise FetchError(f"the server packs its answer in a way not asked for: {announced!r:.60}", "encoding")
        return body, f"unknown content encoding {min(unknown)!r:.60}, body taken as it is"
    if codings & {"gzip", "x-gzip"} and not raw.startswith(GZIP):
        return body, "gzip announced, but the body is plain"
    return body, "" if codings or body is raw else "packed without a word"


def _refused(response: aiohttp.ClientResponse, now: datetime) -> FetchError:
    status, wait = response.status, retry_after(response.headers.get("Retry-After"), now)
    label, told = _REFUSALS.get(status, ("server_error" if status >= 500 else "bad_status", "no feed came"))
    return FetchError(f"{told} (status {status})", label, wait)


def retry_after(raw: str | None, now: datetime) -> float | None:
    """Seconds to wait, from a number or a date (RFC 9110, section 10.2.3), from 0 to a day; None if unreadable."""
    raw = (raw or "").strip()
    if raw.isascii() and raw.isdigit():
        return min(float(raw[:12]), LONGEST_WAIT_SECONDS)
    at = parse_date(raw)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT_SECONDS) if at else None


def _explained(error: Exception) -> FetchError:
    """The failure in words, without the address, whose query may hold a secret."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchError("the host name is not known (or the name server does not answer)", "dns")
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return FetchError("the connection is not safe: the server's certificate or TLS cannot be accepted", "tls")
        case aiohttp.ClientConnectorError():
            return FetchError(
                f"no connection to the server: {error.os_error.strerror or 'it does not answer'}", "connect"
            )
        case aiohttp.InvalidURL() | ValueError():
            return AddressRefused("the address cannot be read: expected http:// or https:// and a host")
        case _:
            return FetchError(f"the server broke off or sent no valid answer ({type(error).__name__})", "broken")
