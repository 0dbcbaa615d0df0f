from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.reports.bodies import join_bodies
from monitor.core.reports.html import LONGEST_TEXT, html_to_text, plain_lines


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain", "plain"),
        ("two\nlines  of   source", "two lines of source"),
        ("<p>Count <b>closed</b> at noon.</p>", "Count closed at noon."),
        ("Raq<b>qa</b>", "Raqqa"),
        ("a<br>b<br/>c<BR >d", "a\nb\nc\nd"),
        ("<ul><li>one<li>two</ul>three", "one\ntwo\nthree"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</table>", "a b\nc"),
        ("<xhtml:p>one</xhtml:p><xhtml:p>two</xhtml:p>", "one\ntwo"),
        ("it&rsquo;s &lt;b&gt; &amp; 3&nbsp;km &#x1F600;", "it’s <b> & 3 km 😀"),
        ("a<script>if (a<b) x('</p>')</script>b<STYLE>p{}</style >c", "abc"),
        ("a<script>never closed <p>b", "a"),
        ("a<!-- > <p> -->b<!-->c<!--->d", "abcd"),
        ("a<?php echo 1 ?>b<!doctype html>c", "abc"),
        ("a<![CDATA[ <b> ]]>b", "a <b> b"),
        ("<a title=\"a>b\" href='x>'>link</a> tail", "link tail"),
        ("<img alt='x' src=y>word<img>word", "word word"),
    ],
)
def test_words_as_a_reader_sees_them(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Turnout <30% in towns, >60% in villages", "Turnout <30% in towns, >60% in villages"),
        ("a < b & c <= d", "a < b & c <= d"),
        ("AT&T <unclosed tag", "AT&T <unclosed tag"),
        ("<!-- never closed, but said", "<!-- never closed, but said"),
        ('<a title="never closed>link</a> tail', "link tail"),
        ("<![CDATA[ open", "open"),
        ("x <", "x <"),
    ],
)
def test_what_only_looks_like_markup_is_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#0;", "&#x110000;", "&#" + "9" * 5000 + ";", "&#x" + "f" * 5000 + ";"]
)
def test_a_reference_to_no_character_becomes_the_mark_for_it(reference: str) -> None:
    assert html_to_text(f"a{reference}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "part",
    ["<!--", "<a ", '<a b="', '<a =">"', "<", "&", "<!", "<?", "</", "<![CDATA[", "<b>", "<a =", "&#1", "<script>"],
)
def test_markup_that_never_closes_is_searched_to_its_end_a_few_times_at_most(part: str) -> None:
    html = Searched(part * 1000)
    html_to_text(html)
    assert html.in_vain < 10
    assert html.searches < 4000


class Searched(str):
    """Counts searches, and those that found nothing."""

    searches = in_vain = 0

    def find(self, *arguments: Any) -> int:
        found = super().find(*arguments)
        self.searches += 1
        self.in_vain += found < 0
        return found


def test_no_more_is_read_than_is_kept() -> None:
    assert len(html_to_text("<b>word</b> " * LONGEST_TEXT)) <= LONGEST_TEXT + len("word ")


@given(st.text(alphabet="ab<>/!-?&;#x'\"= \n[]CDATscriptp", max_size=60))
def test_any_markup_is_safe_and_its_text_is_tidy(html: str) -> None:
    text = html_to_text(html)
    assert plain_lines(text) == text


@given(st.text(alphabet="ab cd\n", max_size=60))
def test_text_without_markup_loses_no_word(text: str) -> None:
    assert html_to_text(text).split() == text.split()


def test_plain_lines_keeps_lines() -> None:
    assert plain_lines(" one  two \n\n\t\nthree ") == "one two\nthree"


class TestJoinBodies:
    def test_a_teaser_that_the_whole_holds_is_left_out(self) -> None:
        whole = "Water reached the market.\nShops closed."
        assert join_bodies(["Water reached the …", whole, "Water reached the market. Shops closed."]) == whole

    def test_bodies_that_differ_are_all_kept_longest_first(self) -> None:
        assert join_bodies(["A caption.", "", "Another, longer text."]) == "Another, longer text.\nA caption."

    def test_a_teaser_with_more_dots_than_the_rest_has_words(self) -> None:
        assert join_bodies(["One", "On ..............."]) == "One"

    def test_nothing_is_nothing(self) -> None:
        assert join_bodies(["", ""]) == ""
