from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import wire
from monitor.core.reports.articles import (
    LONGEST_TEXT_BYTES,
    LONGEST_TITLE_BYTES,
    article_id,
    assume_dates,
    canonical_url,
    cut,
    distinct,
    identity,
    normalised,
    printable,
    revision,
    to_article,
)
from monitor.model import Article, Entry, Feed

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
FEED = Feed(id="desk", url="https://desk.example.org/rss", source="The Desk", language="en")


def article(**fields: object) -> Article:
    parts: dict[str, object] = {"id": "a", "revision": "", "source": "s", "title": "t", "text": "x"}
    return Article(**{**parts, "first_seen_at": NOW, **fields})  # type: ignore[arg-type]


class TestNames:
    def test_parts_do_not_run_into_each_other(self) -> None:
        assert article_id("ab", "c") != article_id("a", "bc")
        assert revision("ab", "c") != revision("a", "bc")

    def test_they_are_the_same_on_every_machine(self) -> None:
        assert article_id("desk", "41") == "f805cf8eca96e52881431cf5f2aad32b"
        assert len(revision("t", "x")) == 24

    @pytest.mark.parametrize(
        "other",
        [
            "http://www.example.org/a/b",
            "HTTPS://WWW.Example.org/a/b/",
            "https://www.example.org:443/a/b#top",
            "https://www.example.org./a/b",
            "https://www.example.org/a/b?utm_source=rss&utm_Medium=feed&fbclid=1&at_medium=RSS",
            " https://www.example.org/a/b ",
        ],
    )
    def test_one_page_has_one_key(self, other: str) -> None:
        assert canonical_url(other) == canonical_url("https://www.example.org/a/b")

    @pytest.mark.parametrize(
        "other",
        [
            "https://www.example.org/a/B",
            "https://example.org/a/b",
            "https://www.example.org:8443/a/b",
            "https://www.example.org/a/b?id=2",
            "https://www.example.org/a/b?",
        ],
    )
    def test_what_may_be_another_page_has_another_key(self, other: str) -> None:
        assert (canonical_url(other) == canonical_url("https://www.example.org/a/b")) is other.endswith("?")

    def test_the_order_of_parameters_does_not_count_and_blank_ones_stay(self) -> None:
        assert canonical_url("https://e.org/?b=1&a=") == canonical_url("https://e.org/?a=&b=1")
        assert canonical_url("https://e.org/?a=") != canonical_url("https://e.org/")

    @pytest.mark.parametrize("odd", ["http://[bad", "http://e.org:99999/", "urn:x:1", "not a url", "", "http://"])
    def test_what_is_no_web_address_is_its_own_key(self, odd: str) -> None:
        assert canonical_url(odd) == odd

    @given(st.text(alphabet="ab.:/-_~%0AZ?@&=", max_size=14))
    def test_a_fragment_changes_no_key_however_plain_the_rest_is(self, rest: str) -> None:
        assert canonical_url(f"https://a.b{rest}#part").removesuffix("#part") == canonical_url(f"https://a.b{rest}")

    @given(st.text())
    def test_any_text_has_a_key(self, text: str) -> None:
        canonical_url(text)
        canonical_url(f"https://e.org/{text}")


class TestIdentity:
    def test_the_guid_identifies_whatever_else_changes(self) -> None:
        before = Entry(id="41", link="https://e.org/41?utm_source=a", title="Before", text="x")
        after = Entry(id="41", link="http://e.org/41", title="After", text="y", published_at=NOW)
        assert identity(before) == identity(after)

    def test_a_guid_used_again_for_another_page_is_another_entry(self) -> None:
        entries, merged = distinct([Entry(id="x", link="https://e.org/1"), Entry(id="x", link="https://e.org/2")])
        assert merged == 0
        assert len({entry.id for entry in entries}) == 2
        assert len({identity(entry) for entry in entries}) == 2

    def test_without_a_guid_the_link_identifies(self) -> None:
        entries, merged = distinct(
            [Entry(id="", link="https://e.org/1", title="A"), Entry(id="", link="https://e.org/1#x", title="A")]
        )
        assert (entries, merged) == ([Entry(id="https://e.org/1", link="https://e.org/1", title="A")], 1)

    def test_where_entries_share_a_link_their_titles_tell_them_apart(self) -> None:
        shared = [Entry(id="", link="https://e.org/", title=title) for title in ("One", "Two", "One")]
        entries, merged = distinct(shared)
        assert [entry.title for entry in entries] == ["One", "Two"]
        assert merged == 1
        assert len({identity(entry) for entry in entries}) == 2

    def test_where_all_share_a_guid_their_titles_tell_them_apart(self) -> None:
        entries, merged = distinct([Entry(id="same", title=str(n)) for n in range(5)])
        assert (len(entries), merged, len({entry.id for entry in entries})) == (5, 0, 5)

    def test_with_neither_title_date_and_text_identify(self) -> None:
        same = Entry(id="", title="A", text="x", published_at=NOW)
        later = Entry(id="", title="A", text="x", published_at=NOW + timedelta(days=1))
        entries, merged = distinct([same, same, later])
        assert (len(entries), merged) == (2, 1)
        assert all(entry.id for entry in entries)

    def test_of_repeats_the_first_stays_in_its_place(self) -> None:
        entries, _ = distinct([Entry(id="1", text="newest"), Entry(id="2"), Entry(id="1", text="old")])
        assert [(entry.id, entry.text) for entry in entries] == [("1", "newest"), ("2", "")]


class TestToArticle:
    def test_it_carries_what_the_entry_says(self) -> None:
        entry = Entry(
            id="1", link="https://e.org/1?utm_source=rss", title=" T ", text="x", published_at=NOW, author="A"
        )
        found = to_article(entry, FEED, NOW, backlog=True)
        assert found == Article(
            id=article_id("desk", identity(entry)),
            revision=revision("T", "x"),
            source="The Desk",
            title="T",
            text="x",
            url="https://e.org/1?utm_source=rss",
            feed="desk",
            published_at=NOW,
            first_seen_at=NOW,
            backlog=True,
            language="en",
            author="A",
        )

    def test_the_date_of_an_update_stands_in_and_says_so(self) -> None:
        found = to_article(Entry(id="1", updated_at=NOW), FEED, NOW)
        assert (found.published_at, found.date_assumed) == (NOW, True)

    def test_without_a_date_none_is_invented(self) -> None:
        found = to_article(Entry(id="1"), FEED, NOW)
        assert (found.published_at, found.date_assumed) == (None, False)

    @pytest.mark.parametrize(("minutes", "early"), [(10, False), (10.01, True), (-10_000, False)])
    def test_a_date_in_the_future_is_held_back_and_flagged(self, minutes: float, early: bool) -> None:
        at = NOW + timedelta(minutes=minutes)
        found = to_article(Entry(id="1", published_at=at), FEED, NOW)
        assert (found.published_at, found.date_assumed) == (NOW if early else at, early)


class TestNormalised:
    def test_text_is_cut_at_its_limit_never_inside_a_character(self) -> None:
        found = normalised(article(text="x" + "é" * LONGEST_TEXT_BYTES))
        assert found.cut
        assert len(found.text.encode()) == LONGEST_TEXT_BYTES - 1  # the next é has two bytes
        assert set(found.text) == {"x", "é"}

    def test_what_fits_exactly_is_whole(self) -> None:
        found = normalised(article(text="é" * (LONGEST_TEXT_BYTES // 2)))
        assert (found.cut, len(found.text)) == (False, LONGEST_TEXT_BYTES // 2)

    def test_a_huge_title_is_cut_and_says_so(self) -> None:
        found = normalised(article(title="x" * 10_000_000))
        assert (found.cut, len(found.title)) == (True, LONGEST_TITLE_BYTES)

    def test_controls_and_lone_surrogates_are_gone_and_offsets_hold(self) -> None:
        found = normalised(article(text="a\x00b\x1bc\ud800d\x9be\tf\ng"))
        assert found.text == "a b c\ufffdd e\tf\ng"

    @pytest.mark.parametrize(
        "link", ["javascript:alert(1)", "file:///etc/passwd", "/relative", "https://e.org/" + "x" * 9000]
    )
    def test_an_address_that_none_should_follow_is_not_published(self, link: str) -> None:
        assert normalised(article(url=link)).url is None

    @given(st.text(st.characters(), max_size=50), st.integers(0, 60))
    def test_a_cut_is_the_longest_start_that_fits(self, text: str, limit: int) -> None:
        text = printable(text)
        kept = cut(text, limit)
        assert text.startswith(kept)
        assert len(kept.encode()) <= limit
        assert kept == text or len(text[: len(kept) + 1].encode()) > limit


class TestHostileFields:
    ODD = ("\ud800", "a\x00b", "a\nb", "x" * 3_000_000, "\u00e9" * 300)

    @pytest.mark.parametrize("odd", ODD)
    def test_every_text_can_be_written_and_is_short(self, odd: str) -> None:
        names = ("id", "source", "title", "text", "url", "feed", "language", "author", "corrects")
        found = normalised(article(**dict.fromkeys(names, odd)))
        assert wire.decode(wire.encode(found), Article) == found
        assert len(wire.encode(found)) < LONGEST_TEXT_BYTES + 50_000
        assert not [name for name in names if "\x00" in str(getattr(found, name))]
        assert {"\n", "\t"}.isdisjoint(f"{found.source}{found.author}{found.language}")

    @pytest.mark.parametrize(
        ("one", "other"), [("\ud800", "\ud801"), ("x" * 600 + "a", "x" * 600 + "b"), ("a\x00", "a ")]
    )
    def test_ids_that_cannot_be_used_stay_apart(self, one: str, other: str) -> None:
        ids = {normalised(article(id=each)).id for each in (one, other)}
        assert len(ids) == 2
        assert max(map(len, ids)) <= 32

    @pytest.mark.parametrize("sound", ["17", "tag:e.org,2026:/a b", "https://e.org/\u00e9", "x" * 512])
    def test_an_id_that_can_be_used_stays_as_it_is(self, sound: str) -> None:
        assert normalised(article(id=sound)).id == sound

    def test_an_outlet_without_a_name_is_unknown(self) -> None:
        assert normalised(article(source=" \x00 ")).source == "unknown"


class TestAssumeDates:
    def test_an_undated_one_comes_a_second_after_the_one_before(self) -> None:
        dated = article(published_at=NOW)
        after = list(assume_dates([dated, article(), article(), dated]))
        seconds = [(a.published_at - NOW).total_seconds() for a in after if a.published_at]
        assert seconds == [0, 1, 2, 0]
        assert [a.date_assumed for a in after] == [False, True, True, False]

    def test_the_first_comes_when_it_was_seen_or_where_told(self) -> None:
        (seen,) = assume_dates([article()])
        (told,) = assume_dates([article()], NOW - timedelta(days=1))
        assert (seen.published_at, told.published_at) == (NOW, NOW - timedelta(days=1) + timedelta(seconds=1))

    def test_at_the_start_they_are_as_old_as_the_first_that_has_a_date(self) -> None:
        old = NOW - timedelta(days=900)
        articles = [article(), article(), article(published_at=old), article()]
        seconds = [(a.published_at - old).total_seconds() for a in assume_dates(articles, None, 3) if a.published_at]
        assert seconds == [0, 1, 0, 1]

    def test_that_one_is_not_looked_for_further_than_told(self) -> None:
        taken = []

        def stream() -> Iterator[Article]:
            for number in range(9):
                taken.append(number)
                yield article(published_at=NOW - timedelta(days=9) if number == 5 else None)

        first = next(assume_dates(stream(), None, 3))
        assert (first.published_at, taken) == (NOW, [0, 1, 2])
        assert len(list(assume_dates(stream(), None, 3))) == 9
