import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.messages.graphemes import cut, graphemes, utf16_length


@pytest.mark.parametrize(
    "whole",
    [
        "🇸🇾",
        "👨‍👩‍👧",
        "👍🏽",
        "é",
        "❤️",
        "1️⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "각",
        "नि",
        "\r\n",
    ],
)
def test_what_people_see_as_one_stays_one(whole: str) -> None:
    assert list(graphemes(f"a{whole}b")) == ["a", whole, "b"]


def test_neighbours_stay_apart() -> None:
    assert list(graphemes("🇸🇾🇹🇷🇫")) == ["🇸🇾", "🇹🇷", "🇫"]
    assert list(graphemes("가나")) == ["가", "나"]
    assert list(graphemes("a\nb")) == ["a", "\n", "b"]
    assert list(graphemes("🙂🙂")) == ["🙂", "🙂"]


def test_utf16_length_counts_as_javascript_does() -> None:
    assert utf16_length("aé漢") == 3
    assert utf16_length("🇸🇾") == 4


def test_a_text_that_fits_is_left_alone() -> None:
    assert cut("exactly", 7) == "exactly"


def test_a_cut_falls_between_words() -> None:
    assert cut("the bridge is closed for repairs", 22) == "the bridge is closed…"
    assert cut("the bridge is, closed", 15) == "the bridge is…"


def test_a_word_that_just_fits_is_kept() -> None:
    assert cut("the bridge is closed for repairs", 21) == "the bridge is closed…"


def test_one_long_word_is_cut_inside() -> None:
    assert cut("x" * 200, 150) == "x" * 149 + "…"


def test_no_joiner_dangles_before_the_ellipsis() -> None:
    assert cut("ab\u200dcdef", 4) == "ab…"


def test_a_character_larger_than_the_room_is_dropped_whole() -> None:
    assert cut("z" + "\u0301" * 500, 10) == "…"


@given(st.text(alphabet="ab 🇸🇾👨\u200d👩\u0301漢.", max_size=60), st.integers(1, 40))
def test_a_cut_fits_and_ends_where_a_character_does(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert utf16_length(short) <= max(limit, 1)
    if short != text:
        kept, whole = short.removesuffix("…"), list(graphemes(text))
        ends = ["".join(whole[:count]).rstrip("\u200d ") for count in range(len(whole))]
        assert kept in ends


@given(st.text(max_size=80).filter(lambda text: not set(text) & {"\r", "\n"}))
def test_graphemes_are_the_text(text: str) -> None:
    parts = list(graphemes(text))
    assert "".join(parts) == text
    assert all(unicodedata.category(part[0]) != "Mn" for part in parts[1:])
