"""What reads alike folds alike, and every span leads back to what is written."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.matching.text import Folded, exact_form, fold, gap_form, shouted


def words(text: str) -> list[str]:
    return fold(text).text.split()


def cuts(text: str) -> list[str]:
    return [text[start:end] for start, end in spans(fold(text))]


def spans(folded: Folded) -> list[tuple[int, int]]:
    return [folded.original(*found.span()) for found in re.finditer("[^ ]+", folded.text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Raqqa", "RAQQA"),
        ("Besançon", "Besanc\u0327on"),
        ("Straße", "STRASSE"),
        ("İSTANBUL", "istanbul"),
        ("Diyarbakır", "Diyarbakir"),
        ("Łódź", "Lodz"),
        ("Waf\u00adfen\u00adruhe", "Waffenruhe"),
        ("cease\u200bfire", "ceaseﬁre"),
        ("ＮＡＴＯ", "NATO"),
        ("إِدْلِب", "ادلب"),
        ("إدلـــب", "ادلب"),
        ("الرقة", "الرقه"),
        ("٢٠١٧", "2017"),
        ("Ёлка", "елка"),
        ("CO₂", "CO2"),
        ("Ægir Œuvre", "aegir oeuvre"),
        ("ﾆｭｰｽ", "ニュース"),
    ],
)
def test_what_reads_alike_is_one(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Andor", "and/or"), ("か", "が"), ("rights", "hts"), ("กา", "กี")],
)
def test_what_reads_otherwise_is_not(one: str, other: str) -> None:
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Raqqa’s SDF-led, and/or U.S.", ["raqqa", "s", "sdf", "led", "and", "or", "u", "s"]),
        ("は29日、NATOの会合でdecision", ["は", "29", "日", "nato", "の", "会", "合", "で", "decision"]),
        ("وNATO Raqqaه", ["و", "nato", "raqqa", "ه"]),
        ("ab日本ж", ["ab", "日", "本", "ж"]),
        ("Twitter™ said¹ 20℃", ["twitter", "said", "20", "c"]),
        ("#SDF_news @desk", ["sdf", "news", "desk"]),
        ("", []),
        ("— … !", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At ½ the ceaseﬁre held", ["At", "½", "½", "the", "ceaseﬁre", "held"]),
        ("die Große Straße, so", ["die", "Große", "Straße", "so"]),
        ("Waf\u00adfen, \u00adx\u00ad", ["Waf\u00adfen", "x"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("ab\u0301日NATO", ["ab\u0301", "日", "NATO"]),
    ],
)
def test_spans_cover_the_written_form(text: str, expected: list[str]) -> None:
    assert cuts(text) == expected


def test_a_span_covers_whole_words() -> None:
    folded = fold("They evacuated Raqqa, today")
    start = folded.text.index(" evacuat")
    assert folded.source[slice(*folded.original(start + 1, start + len(" evacuated")))] == "evacuated"
    assert folded.source[slice(*folded.original(start + 1, len(folded.text) - 1))] == "evacuated Raqqa, today"


ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from("aZ  .-'’éßİ½ﬁ\u0301\u00ad\u200b日の한ا\u0640\u064eжА™²\ud800\n"))
)


@settings(deadline=None)
@given(ANY_TEXT)
def test_every_word_folds_to_itself_again(text: str) -> None:
    folded = fold(text)
    assert folded.text == (f" {' '.join(folded.text.split())} " if folded.text.strip() else " ")
    for word, (start, end) in zip(folded.text.split(), spans(folded), strict=True):
        assert word in words(text[start:end])


@settings(deadline=None)
@given(st.text(st.sampled_from("aZé ß.’“–…œ½²\u00ad\n€ž")))
def test_both_ways_of_folding_agree(text: str) -> None:
    quick, slow = fold(text), fold(f"{text} 日")
    assert [*quick.text.split(), "日"] == slow.text.split()
    assert spans(quick) == spans(slow)[:-1]
    spaces = [found.start() for found in re.finditer("(?<=.) (?=.)", quick.text)]
    assert [quick.gap_at(space) for space in spaces] == [slow.gap_at(space) for space in spaces]


@pytest.mark.parametrize(
    ("gap", "form"),
    [
        (" ", ""),
        ("-", ""),
        (" \n ", ""),
        ("\u2011", ""),
        (" – ", ""),
        ("’", "'"),
        ("/", "/"),
        (", ", ","),
        ("\n\n", "\n"),
    ],
)
def test_gap_form(gap: str, form: str) -> None:
    assert gap_form(gap) == form


def test_exact_form_keeps_case_and_accents() -> None:
    assert exact_form("“ＳＤＦ”  ca\u00adfé") == '"SDF" café'
    assert exact_form("cafe\u0301") == "café"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("SDF ENTERS RAQQA", True),
        ("SDF enters Raqqa", False),
        ("SDF", False),
        ("SDF 2017", False),
        ("NATO 会合 EU", False),
        ("", False),
    ],
)
def test_shouted(line: str, expected: bool) -> None:
    assert shouted(line) is expected
