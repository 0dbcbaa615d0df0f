import asyncio
import gzip
import zlib
from datetime import UTC, datetime

import pytest
from aiohttp import web

from monitor.errors import AddressRefused, FetchError
from monitor.model import FeedState
from monitor.poll.fetch import LONGEST_WAIT_SECONDS, Fetched, Fetcher, NotModified, retry_after
from monitor.settings import PollSettings
from tests.poll.servers import SETTINGS, Answer, Server, dripping, feed, one_after_another, plain, raw_server, rss
from tests.poll.test_addresses import NUMBERS, THIS_MACHINE, Names

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = rss("One")


async def fetch(url: str, state: FeedState | None = None, settings: PollSettings = SETTINGS) -> Fetched | NotModified:
    async with Fetcher(settings, clock=lambda: NOW) as fetcher:
        return await fetcher.fetch(feed(url), state)


async def failure(url: str, settings: PollSettings = SETTINGS) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(url, settings=settings)
    return caught.value


class TestConditions:
    async def test_a_document_and_its_validators_verbatim(self, server: Server) -> None:
        server.answer = plain(
            FEED, ETag='W/"a-b"', Last_Modified="yesterday, more or less", Content_Type="text/xml; charset=x"
        )
        assert await fetch(server.url) == Fetched(
            body=FEED.encode(),
            final_url=server.url,
            etag='W/"a-b"',
            last_modified="yesterday, more or less",
            content_type="text/xml; charset=x",
        )
        (request,) = server.requests
        assert request.headers["User-Agent"] == "tester/1"
        assert "If-None-Match" not in request.headers

    async def test_both_validators_are_sent_as_they_came(self, server: Server) -> None:
        server.answer = plain(b"", 304, ETag='"new"')
        state = FeedState(feed="f", etag='W/"a-b"', last_modified="yesterday, more or less")
        assert await fetch(server.url, state) == NotModified(etag='"new"')
        (request,) = server.requests
        assert request.headers["If-None-Match"] == 'W/"a-b"'
        assert request.headers["If-Modified-Since"] == "yesterday, more or less"

    async def test_not_modified_to_one_who_has_nothing_is_an_error(self, server: Server) -> None:
        server.answer = plain(b"", 304)
        assert (await failure(server.url)).outcome == "bad_status"

    async def test_a_feed_may_have_a_user_agent_of_its_own(self, server: Server) -> None:
        server.answer = plain(FEED)
        async with Fetcher(SETTINGS) as fetcher:
            await fetcher.fetch(feed(server.url, user_agent="Special/2"), None)
        assert server.requests[0].headers["User-Agent"] == "Special/2"

    async def test_no_cookie_is_sent_back(self, server: Server) -> None:
        server.answer = plain(FEED, Set_Cookie="a=b")
        settings = SETTINGS.model_copy(update={"allow_hosts": ("intranet",)})
        async with Fetcher(settings, resolver=Names("127.0.0.1")) as fetcher:
            for _ in range(2):
                await fetcher.fetch(feed(server.url.replace("127.0.0.1", "intranet")), None)
        assert "Cookie" not in server.requests[1].headers

    async def test_proxies_of_the_environment_are_not_used(
        self, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
        server.answer = plain(FEED)
        assert isinstance(await fetch(server.url), Fetched)


class TestRefusals:
    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            (401, "forbidden"),
            (403, "forbidden"),
            (404, "not_found"),
            (410, "gone"),
            (418, "bad_status"),
            (429, "rate_limited"),
            (500, "server_error"),
            (503, "server_error"),
        ],
    )
    async def test_a_status_has_a_label(self, server: Server, status: int, outcome: str) -> None:
        server.answer = plain("<html>slow down</html>", status)
        error = await failure(server.url)
        assert (error.outcome, error.after_seconds) == (outcome, None)
        assert str(status) in str(error)

    async def test_the_wait_that_the_server_asks_for(self, server: Server) -> None:
        server.answer = plain("", 429, Retry_After="120")
        assert (await failure(server.url)).after_seconds == 120

    @pytest.mark.parametrize(
        ("raw", "seconds"),
        [
            ("120", 120),
            ("1000000000", LONGEST_WAIT_SECONDS),
            ("9" * 5000, LONGEST_WAIT_SECONDS),
            ("-5", None),
            ("soon", None),
            ("", None),
            (None, None),
            ("Tue, 03 Mar 2026 12:01:00 GMT", 60),
            ("Tue, 03 Mar 2026 11:00:00 GMT", 0),
            ("Tue, 03 Mar 2099 11:00:00 GMT", LONGEST_WAIT_SECONDS),
        ],
    )
    def test_retry_after_in_numbers_and_dates(self, raw: str | None, seconds: float | None) -> None:
        assert retry_after(raw, NOW) == seconds


class TestPacking:
    @pytest.mark.parametrize(
        ("coding", "body"),
        [
            ("gzip", gzip.compress(FEED.encode())),
            ("deflate", zlib.compress(FEED.encode())),
            ("identity", FEED.encode()),
        ],
    )
    async def test_what_is_announced_rightly(self, server: Server, coding: str, body: bytes) -> None:
        server.answer = plain(body, Content_Encoding=coding)
        found = await fetch(server.url)
        assert isinstance(found, Fetched)
        assert (found.body, found.oddity) == (FEED.encode(), "")

    @pytest.mark.parametrize(
        ("coding", "body"),
        [
            ("gzip", FEED.encode()),
            ("utf-8", FEED.encode()),
            ("", gzip.compress(FEED.encode())),
            ("br", gzip.compress(FEED.encode())),
        ],
    )
    async def test_what_is_announced_wrongly_is_read_and_told(self, server: Server, coding: str, body: bytes) -> None:
        server.answer = plain(body, Content_Encoding=coding)
        found = await fetch(server.url)
        assert isinstance(found, Fetched)
        assert found.body == FEED.encode()
        assert found.oddity

    @pytest.mark.parametrize(
        ("coding", "body"), [("br", bytes(range(256))), ("gzip", gzip.compress(FEED.encode() * 9)[:-20])]
    )
    async def test_what_cannot_be_unpacked_is_an_error(self, server: Server, coding: str, body: bytes) -> None:
        server.answer = plain(body, Content_Encoding=coding)
        assert (await failure(server.url)).outcome == "encoding"

    async def test_a_gzip_bomb(self, server: Server) -> None:
        server.answer = plain(gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip")
        error = await failure(server.url)
        assert error.outcome == "too_large"
        assert "max_body_bytes" in str(error)


class TestMisbehaviour:
    async def test_a_slow_drip_ends_at_the_deadline(self, server: Server) -> None:
        server.answer = dripping(b"x", 0.05)
        error = await failure(server.url, SETTINGS.model_copy(update={"total_seconds": 0.3}))
        assert error.outcome == "timeout"

    async def test_no_answer_at_all_ends_at_the_deadline(self, server: Server) -> None:
        async def never(_: web.Request) -> web.StreamResponse:
            await asyncio.sleep(60)
            return web.Response()

        server.answer = never
        error = await failure(server.url, SETTINGS.model_copy(update={"total_seconds": 0.3}))
        assert error.outcome == "timeout"

    async def test_an_endless_body_ends_at_the_cap(self, server: Server) -> None:
        server.answer = dripping(b"x" * 20_000, 0)
        assert (await failure(server.url)).outcome == "too_large"

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"garbage\r\n\r\n",
            b"",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 500_000 + b"\r\n\r\n",
        ],
    )
    async def test_what_is_no_http_or_breaks_off(self, answer: bytes) -> None:
        async with raw_server(answer) as url:
            assert (await failure(url)).outcome == "broken"

    async def test_nobody_there(self) -> None:
        async with raw_server(b"") as url:
            pass
        assert (await failure(url)).outcome == "connect"

    async def test_plain_text_where_tls_is_expected(self, server: Server) -> None:
        assert (await failure(server.url.replace("http:", "https:"))).outcome == "tls"

    async def test_a_name_that_nobody_has(self) -> None:
        class NoNames(Names):
            async def resolve(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]
                raise OSError("Name or service not known")

        async with Fetcher(SETTINGS, resolver=NoNames()) as fetcher:
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(feed("http://nowhere.example.org/"), None)
        assert caught.value.outcome == "dns"


def redirect(to: str, status: int = 302) -> Answer:
    return plain("", status, Location=to)


class TestRedirects:
    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    async def test_they_are_followed(self, server: Server, status: int) -> None:
        server.answer = one_after_another(redirect("/other", status), plain(FEED))
        found = await fetch(server.url)
        assert isinstance(found, Fetched)
        assert found.final_url == server.url.replace("/feed", "/other")

    async def test_a_loop_ends(self, server: Server) -> None:
        server.answer = redirect("/feed")
        assert (await failure(server.url)).outcome == "redirects"
        assert len(server.requests) == 6

    @pytest.mark.parametrize(
        "to",
        [
            "http://127.0.0.2:1/",
            "http://169.254.169.254/latest/meta-data",
            "//[::1]/",
            "file:///etc/passwd",
            "http://x@127.0.0.1/",
            "http://[bad",
            "http://127.1/",
        ],
    )
    async def test_the_target_is_checked_at_each_hop(self, server: Server, to: str) -> None:
        server.answer = one_after_another(redirect("/hop"), redirect(to))
        assert isinstance(await failure(server.url), AddressRefused)
        assert len(server.requests) == 2

    @pytest.mark.parametrize("host", THIS_MACHINE)
    async def test_other_letters_lead_nowhere_else(self, server: Server, host: str) -> None:
        private = server.url.replace("127.0.0.1", host).replace("/feed", "/secret")
        server.answer = redirect(private)
        settings = SETTINGS.model_copy(update={"allow_hosts": ("outside",)})
        async with Fetcher(settings, resolver=Names("127.0.0.1")) as fetcher:
            for url in (private, server.url.replace("127.0.0.1", "outside")):
                with pytest.raises(AddressRefused, match="private or reserved"):
                    await fetcher.fetch(feed(url), None)
        assert [request.path for request in server.requests] == ["/feed"]

    async def test_a_name_is_checked_by_the_address_that_it_has(self, server: Server) -> None:
        server.answer = redirect("http://rebound.example.org/")
        async with Fetcher(SETTINGS, resolver=Names("10.0.0.1")) as fetcher:
            with pytest.raises(AddressRefused):
                await fetcher.fetch(feed(server.url), None)


class TestAddresses:
    @pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f000001", "localhost"])
    async def test_this_machine_gets_no_packet_unless_allowed(self, server: Server, host: str) -> None:
        url = server.url.replace("127.0.0.1", host)
        error = await failure(url, SETTINGS.model_copy(update={"allow_hosts": ()}))
        assert error.outcome in ("refused", "dns")
        assert server.requests == []

    @pytest.mark.parametrize("host", NUMBERS)
    async def test_a_number_that_is_no_address_is_refused_in_words(self, server: Server, host: str) -> None:
        error = await failure(server.url.replace("127.0.0.1", host))
        assert (error.outcome, "four decimal numbers" in str(error)) == ("refused", True)
        assert server.requests == []

    async def test_an_allowed_name_may_be_private(self, server: Server) -> None:
        server.answer = plain(FEED)
        url = server.url.replace("127.0.0.1", "intranet")
        settings = SETTINGS.model_copy(update={"allow_hosts": ("intranet",)})
        async with Fetcher(settings, resolver=Names("127.0.0.1")) as fetcher:
            assert isinstance(await fetcher.fetch(feed(url), None), Fetched)

    async def test_no_secret_of_an_address_is_told(self, server: Server) -> None:
        server.answer = plain("", 500)
        for url in (server.url + "?key=hunter2", "http://127.0.0.1:1/?key=hunter2"):
            assert "hunter2" not in str(await failure(url))
