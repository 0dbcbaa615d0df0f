import gzip
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest

from monitor.errors import FeedError
from monitor.model import Entry
from monitor.sources import feeds
from monitor.sources.feeds import ParsedFeed, parse_feed

DOCUMENTS = Path(__file__).parent / "documents"


def document(name: str) -> ParsedFeed:
    return parse_feed((DOCUMENTS / name).read_bytes())


def rss(*items: str, head: str = "", more: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0" {more}><channel><title>T</title>{body}</channel></rss>'.encode()


def entry(item: str, **more: str) -> Entry:
    (found,) = parse_feed(rss(item, **more)).entries
    return found


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


class TestWhatPublishersWrite:
    def test_month_before_day(self) -> None:
        assert [e.published_at for e in document("desk.xml").entries] == [
            utc(2026, 3, 3, 21, 10, 5),
            utc(2026, 3, 4, 7),
        ]

    def test_names_of_time_zones(self) -> None:
        assert {e.published_at for e in document("zones.xml").entries} == {utc(2026, 7, 10, 12)}

    def test_enclosures_and_replies_are_not_the_page(self) -> None:
        scooters, trams = document("enc.xml").entries
        assert scooters.link == "https://move.example.org/news/scooters"
        assert trams.link == "https://move.example.org/news/trams"
        assert scooters.text == "The ban starts on Monday."

    def test_bases_nest(self) -> None:
        assert [e.link for e in document("base.xml").entries] == [
            "https://notes.example.org/ongoing/When/2026/03/02/Dam-Levels",
            "https://notes.example.org/gauge",
        ]

    def test_namespaces_decide_not_prefixes(self) -> None:
        found = document("prefixed.rdf")
        assert found.title == "Prefixed wire"
        assert [e.id for e in found.entries] == ["https://wire.example.org/1", "https://wire.example.org/2"]
        assert [e.published_at for e in found.entries] == [utc(2026, 3, 3, 5), None]

    def test_prefixes_never_declared(self) -> None:
        found = document("unbound.xml")
        first, _ = found.entries
        assert (first.title, first.link) == ("Bridge reopens & traffic flows", "https://noon.example.org/a?x=1&y=2")
        assert first.text == "Engineers lifted the ban."
        assert found.warnings[0].startswith("not well-formed")

    def test_items_under_a_prefix_never_declared(self) -> None:
        raw = b"<rss version=2.0><rss:channel><rss:item><rss:title>A</rss:title></rss:item></rss:channel></rss>"
        assert [e.title for e in parse_feed(raw).entries] == ["A"]

    def test_less_than_in_a_title(self) -> None:
        assert [e.title for e in document("lt.xml").entries] == [
            "Turnout <30% in towns, >60% in villages",
            "How to type &lt;br&gt; in a headline",
        ]

    def test_an_empty_guid_is_none(self) -> None:
        found = document("emptyguid.xml")
        assert [e.id for e in found.entries] == [
            "https://num.example.org/undo",
            "https://num.example.org/blackout",
            "num-77",
        ]
        assert found.merged == 1

    def test_items_without_a_title(self) -> None:
        first, second = document("notitle.xml").entries
        assert (first.title, first.text) == ("", "Convoy seen leaving Raqqa by the north road.")
        assert (second.id, second.link, second.text) == ("10", None, "Second note, nothing more.")

    def test_json_with_raw_line_breaks(self) -> None:
        first, second = document("rawbreak.json").entries
        assert (first.text, first.published_at) == ("Water reached the market.", utc(2026, 3, 3, 13))
        assert (second.text, second.published_at) == ("Fine.", None)

    def test_json_without_dates_and_titles(self) -> None:
        assert [(e.id, e.text) for e in document("nodate.json").entries] == [("17", "Numeric id, no date, no title.")]


class TestBodies:
    def test_all_bodies_are_read_and_none_twice(self) -> None:
        found = entry(
            "<title>A</title><description>Water reached …</description>"
            "<content:encoded><![CDATA[<p>Water reached the market.</p>]]></content:encoded>"
            "<media:content><media:description>Boats in a street</media:description></media:content>",
            more='xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"',
        )
        assert "Water reached the market." in found.text
        assert "Boats in a street" in found.text
        assert "…" not in found.text

    def test_markup_in_markup_becomes_text_once(self) -> None:
        assert entry("<description>&lt;p&gt;a &amp;amp; b&lt;br&gt;c&lt;/p&gt;</description>").text == "a & b\nc"

    def test_xhtml(self) -> None:
        raw = (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>1</id><content type="xhtml">'
            b'<div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>two &lt; three</p></div></content></entry></feed>'
        )
        assert parse_feed(raw).entries[0].text == "One\ntwo < three"

    def test_relative_links_start_from_where_the_feed_was(self) -> None:
        (found,) = parse_feed(rss("<link>/a</link>"), url="https://e.org/feeds/x").entries
        assert found.link == "https://e.org/a"

    def test_a_guid_that_is_an_address_stands_in_for_the_link(self) -> None:
        assert entry("<guid>https://e.org/1</guid>").link == "https://e.org/1"
        assert entry('<guid isPermaLink="false">https://e.org/1</guid>').link is None

    @pytest.mark.parametrize("raw", [rss("<link>http://[bad</link>"), b'{"items": [{"id": 1, "url": "http://[bad"}]}'])
    def test_a_link_that_cannot_be_read_is_none(self, raw: bytes) -> None:
        assert parse_feed(raw, url="https://e.org/").entries[0].link is None

    def test_an_atom_entry_that_was_only_updated_was_not_published_then(self) -> None:
        raw = (
            b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><updated>2026-03-03T10:00:00Z</updated></entry>'
            b"</feed>"
        )
        (found,) = parse_feed(raw).entries
        assert (found.published_at, found.updated_at) == (None, utc(2026, 3, 3, 10))

    @pytest.mark.parametrize("raw", ["2026-W10-2", "2026년 07월 10일 12:00:00", "03/04/2026"])
    def test_a_date_that_cannot_be_read_is_none_rather_than_a_wrong_one(self, raw: str) -> None:
        assert entry(f"<title>A</title><pubDate>{raw}</pubDate>").published_at is None

    def test_an_author(self) -> None:
        assert entry("<author>Desk One</author>").author == "Desk One"


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-15", "cp1252"])
    def test_the_prolog_is_believed_where_the_bytes_agree(self, encoding: str) -> None:
        head = f'<?xml version="1.0" encoding="{encoding}"?>'
        raw = rss("<title>Fähre für 5 €</title>", head=head).decode().encode(encoding)
        assert parse_feed(raw).entries[0].title == "Fähre für 5 €"

    def test_the_header_comes_before_the_prolog(self) -> None:
        raw = rss("<title>Порт</title>", head='<?xml version="1.0" encoding="iso-8859-1"?>').decode().encode("koi8-r")
        assert parse_feed(raw, content_type="text/xml; charset=koi8-r").entries[0].title == "Порт"

    def test_utf_8_comes_before_both(self) -> None:
        raw = rss("<title>Fähre</title>", head='<?xml version="1.0" encoding="iso-8859-1"?>')
        assert parse_feed(raw, content_type="text/xml; charset=us-ascii").entries[0].title == "Fähre"

    def test_a_packed_file(self) -> None:
        assert parse_feed(gzip.compress(rss("<title>A</title>"))).entries[0].title == "A"


class TestHostileDocuments:
    def test_entities_that_multiply_stay_small(self) -> None:
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        found = entry("<title>&l9;</title>", head=f'<!DOCTYPE r [<!ENTITY l0 "lol">{levels}]>')
        assert len(found.title) < 1000

    def test_one_long_entity_many_times_stays_small(self) -> None:
        found = entry(f"<title>{'&a;' * 1000}</title>", head=f'<!DOCTYPE r [<!ENTITY a "{"a" * 10_000}">]>')
        assert len(found.title) < 10_000

    def test_no_file_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("hunter2")
        found = entry("<title>a&x;b</title>", head=f'<!DOCTYPE r [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>')
        assert "hunter2" not in found.title

    def test_deep_nesting_is_refused(self) -> None:
        with pytest.raises(FeedError, match="nested more than 1000 deep"):
            parse_feed(rss("<a>" * 200_000))

    def test_tags_that_need_no_end_are_not_deep(self) -> None:
        assert len(parse_feed(rss("<x/>" * 5000 + "<![CDATA[" + "<br>" * 5000 + "]]>")).entries) == 1

    def test_more_items_than_are_read_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feeds, "MOST_ENTRIES", 2)
        found = parse_feed(rss(*(f"<guid>{n}</guid>" for n in range(3))))
        assert [e.id for e in found.entries] == ["0", "1"]
        assert "the feed has 3 items; the first 2 are read" in found.warnings

    @pytest.mark.parametrize("reference", ["&#xD800;", "&#55357;", "&#0;", "&#x1F;", "&#xFFFFFFFF;"])
    def test_a_reference_to_no_character_harms_nothing(self, reference: str) -> None:
        assert entry(f"<title>a{reference}b</title>").title == "a\ufffdb"

    def test_references_to_characters_stay(self) -> None:
        assert entry("<title>a&#228;&#x1F600;&#x9;b</title>").title == "aä😀 b"

    def test_raw_control_characters_harm_nothing(self) -> None:
        assert entry("<title>a\x00b\x0bc</title>").title == "a b c"

    @pytest.mark.parametrize("year", ["99999", "0000"])
    def test_an_impossible_year_is_no_date(self, year: str) -> None:
        assert entry(f"<title>A</title><pubDate>Fri, 10 Jul {year} 08:00:00 GMT</pubDate>").published_at is None

    def test_a_guid_that_all_share_merges_nothing(self) -> None:
        found = parse_feed(rss(*(f"<guid>x</guid><title>{n}</title><link>https://e.org/{n}</link>" for n in range(3))))
        assert (len(found.entries), found.merged, len({e.id for e in found.entries})) == (3, 0, 3)


class TestWhatIsNoFeed:
    @pytest.mark.parametrize(
        ("raw", "told"),
        [
            (b"", "the document is empty"),
            (b" \n", "the document is empty"),
            (
                b"<!doctype html><html><head><title>Sign &amp; in</title>",
                r'an HTML page \(title "Sign & in"\), not a feed',
            ),
            (
                b'<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>',
                "an HTML page, not a feed",
            ),
            (b"<note><to>x</to></note>", "neither RSS, Atom, RDF nor JSON Feed; it begins with '<note><to>"),
            (b"Just a moment", "neither RSS, Atom, RDF nor JSON Feed"),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "no text, and so no feed"),
            (b"\x1f\x8b\x08" + b"x" * 50, "packed and damaged"),
            (b'{"a": 1', "begins like a JSON Feed, but is no JSON"),
            (b'{"a": ' + b"[" * 100_000, "begins like a JSON Feed, but is no JSON"),
            (b'{"a": 1}', "no JSON Feed: it has no list of items"),
            (b'{"items": [1, 2]}', "the feed has 2 items, but none of them is an object"),
        ],
    )
    def test_it_is_said_what_it_is(self, raw: bytes, told: str) -> None:
        with pytest.raises(FeedError, match=told):
            parse_feed(raw)

    def test_items_that_the_parser_cannot_see_are_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        blind = feedparser.FeedParserDict(entries=[], feed={}, version="rss20")
        monkeypatch.setattr(feedparser, "parse", lambda *_, **__: blind)
        with pytest.raises(FeedError, match="the feed has 2 items, but none of them can be read"):
            parse_feed(rss("<title>A</title>", "<title>B</title>"))

    def test_an_item_that_the_parser_cannot_see_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        half_blind = feedparser.FeedParserDict(entries=[feedparser.FeedParserDict(id="1")], feed={}, version="rss20")
        monkeypatch.setattr(feedparser, "parse", lambda *_, **__: half_blind)
        assert parse_feed(rss("", "")).warnings == ("the feed has 2 items, 1 of them could be read",)

    def test_whatever_the_parser_raises_is_the_document_s_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object, **__: object) -> None:
            raise KeyError("x")

        monkeypatch.setattr(feedparser, "parse", broken)
        with pytest.raises(FeedError, match="cannot be read: KeyError"):
            parse_feed(rss("<title>A</title>"))

    @pytest.mark.parametrize("raw", [rss(), b'<feed xmlns="http://www.w3.org/2005/Atom"/>', b'{"items": []}'])
    def test_a_feed_without_items_is_a_feed(self, raw: bytes) -> None:
        assert parse_feed(raw).entries == ()

    def test_an_item_lost_is_told(self) -> None:
        assert "1 of them are no objects" in parse_feed(b'{"items": [1, {"id": 2}]}').warnings[0]
