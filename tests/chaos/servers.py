"""What the pipeline meets on loopback: feeds that go on, a Slack webhook and an SMTP server that keep a log."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from monitor import clock
from tests.chaos.history import Acceptance
from tests.chaos.material import Report, token_of
from tests.notify.servers import serving

SHOWN = 80  # entries of a feed at a time
REPEAT_MARK = "repeat"  # what a message says that may have come before


@dataclass
class Feed:
    """One feed: its newest entries, and which tokens each body showed."""

    entries: dict[int, Report] = field(default_factory=dict)  # by number, oldest first
    dates: dict[int, str] = field(default_factory=dict)
    bodies: dict[str, frozenset[str]] = field(default_factory=dict)  # ETag → tokens shown
    confirmed: set[str] = field(default_factory=set)  # ETags that came back: what they showed was dealt with
    shown_at: dict[str, float] = field(default_factory=dict)  # token → when it could first be read

    def publish(self, report: Report) -> None:
        """Show this entry first; an edit takes the place of what it edits."""
        self.entries[report.number] = report
        self.dates.setdefault(report.number, format_datetime(clock.now()))
        self.shown_at[report.token] = clock.now().timestamp()
        for number in list(self.entries)[:-SHOWN]:
            del self.entries[number]

    def body(self) -> bytes:
        """The feed as it is now, newest first."""
        items = "".join(
            f"<item><guid isPermaLink='false'>n{number}</guid><title>{escape(report.title)}</title>"
            f"<pubDate>{self.dates[number]}</pubDate><description>{escape(report.body)}</description></item>"
            for number, report in reversed(self.entries.items())
        )
        return (
            f"<rss version='2.0'><channel><title>F</title><link>http://x.test/</link>{items}</channel></rss>".encode()
        )

    @property
    def dealt_with(self) -> frozenset[str]:
        """Tokens of all bodies whose ETag came back: the reader had read them and kept what it needs."""
        return frozenset().union(*(self.bodies[etag] for etag in self.confirmed))

    @property
    def settled(self) -> bool:
        """Whether the body of this moment was dealt with."""
        return _etag(self.body()) in self.confirmed


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


@dataclass
class World:
    """All feeds and all destinations, and what these accepted."""

    rng: random.Random
    feeds: list[Feed]
    accepted: list[Acceptance] = field(default_factory=list)
    refused: int = 0
    web_port: int = 0
    mail_port: int = 0

    async def feed(self, request: web.Request) -> web.Response:
        """Answer a poll."""
        feed = self.feeds[int(request.match_info["number"])]
        body = feed.body()
        etag, known = _etag(body), request.headers.get("If-None-Match")
        feed.bodies[etag] = frozenset(report.token for report in feed.entries.values())
        if known in feed.bodies:
            feed.confirmed.add(known)
        if known == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag}, content_type="application/rss+xml")

    async def slack(self, request: web.Request) -> web.Response:
        """Accept a message, mostly; now and then be busy, broken, slow, or hang up after accepting."""
        payload = await request.json()
        fate = self.rng.random()
        if fate < 0.06:
            self.refused += 1
            return web.Response(status=429, headers={"Retry-After": "1"})
        if fate < 0.09:
            self.refused += 1
            return web.Response(status=500, text="internal_error")
        cut_off = fate < 0.11
        watch, _, rest = payload["text"].partition(": ")
        self._accept(request.match_info["channel"], watch, rest, str(payload), cut_off=cut_off)
        if fate > 0.95:
            await asyncio.sleep(1)
        if cut_off and request.transport:
            request.transport.abort()
        return web.Response(text="ok")

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Accept a mail."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        channel = envelope.rcpt_tos[0].partition("@")[0]
        self._accept(channel, str(mail["X-Watch"]), str(mail["Subject"]), envelope.content.decode())
        return "250 OK"

    def _accept(self, channel: str, watch: str, headline: str, whole: str, *, cut_off: bool = False) -> None:
        token = token_of(headline)
        assert token is not None, headline
        at = clock.now().timestamp()
        marked = REPEAT_MARK in whole.lower()
        self.accepted.append(Acceptance(channel, watch, token, at, marked=marked, cut_off=cut_off))


@asynccontextmanager
async def world(rng: random.Random, feeds: int) -> AsyncIterator[World]:
    """The servers at work."""
    here = World(rng, [Feed() for _ in range(feeds)])
    app = web.Application()
    app.router.add_get("/feed/{number}", here.feed)
    app.router.add_post("/services/{channel}", here.slack)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        here.web_port = runner.addresses[0][1]
        async with serving(lambda: SMTP(here, hostname="mx.example.org"), None) as here.mail_port:
            yield here
    finally:
        await runner.cleanup()
