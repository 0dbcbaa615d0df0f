"""What a term finds, and what it leaves alone."""

import pytest

from monitor.core.matching.query import Style, Term
from monitor.core.matching.terms import Exact, Scanner, Segment, Wording, read_wording, span, stretches, wording_of
from monitor.core.matching.text import fold
from monitor.errors import InputError
from tests.core.reading import hits


def found(wording: str, text: str) -> list[str]:
    read, folded = read_wording(wording), fold(text)
    scanned = Scanner(segment.pattern for segment in read.segments).scan(folded)
    spans = [span(read.exact, folded, stretch) for stretch in stretches(read, folded, scanned)]
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("assad", "The ambassador met Assad.", ["Assad"]),
        ("hts", "Human rights, HTS and hts-linked groups.", ["HTS", "hts"]),
        ("Raqqa", "Raqqa's people left Raqqa; al-Raqqa", ["Raqqa", "Raqqa", "Raqqa"]),
        ("SDF", "The SDF-led force, the sdf, SDFs and (SDF).", ["SDF", "SDF"]),
        ("IS", "It is Is IS?", ["IS"]),
        ("IS", "IS IT OVER\nThe group IS fled", ["IS"]),
        ("ООН", "оон ООН", ["ООН"]),
        ("ISI*", "isil ISIL isis ISIS Isis", ["ISIL", "ISIS"]),
        ("ABCDEFG", "abcdefg", ["abcdefg"]),
        ("evacuat*", "Evacuated, the re-evacuation; reevacuation", ["Evacuated", "evacuation"]),
        ("Al-Bab", "al bab Al-Bab albab", ["al bab", "Al-Bab"]),
        ('"and/or"', "and or, and/or", ["and/or"]),
        ("U.S.", "U.S. and us, u.s", ["U.S", "u.s"]),
        ("Sana'a", "Sana’a Sanaa", ["Sana’a"]),
        ('"super bad"', "super-bad superbad super/bad super  bad, super, bad", ["super-bad", "super  bad"]),
        ('"super bad"', "super\nbad super\n\nbad", ["super\nbad"]),
        ('"U.S. troops"', "U.S. troops, US troops", ["U.S. troops"]),
        ('"safe passage"', "safe\n\npassage", None),
        ('"evacuat* civilian*"', "They evacuated civilians", ["evacuated civilians"]),
        ('"let* leave"~2', "let them all leave, let all of them leave", ["let them all leave"]),
        ('"a b c"~1', "a x b y c, a b x c", ["a b x c"]),
        ('"U.S. troops"~0', "U.S. troops, US troops", ["U.S. troops"]),
        ('"a b"~1', "a, b", ["a, b"]),
        ("'SDF'", "sdf SDF Sdf", ["SDF"]),
        ("'SDF'", "SDF MOVES IN", ["SDF"]),
        ("'Free Army'", "free army Free  Army Free-Army", ["Free  Army"]),
        ("'C++'", "C and C++ and c++", ["C++"]),
        ("'#SDF'", "SDF #SDF", ["#SDF"]),
        ("' SDF '", "SDF", ["SDF"]),
        ("外交", "日本外交。外の交", ["外交"]),
        ("サッカー", "Japan:サッカーは", ["サッカー"]),
        ("북한", "북한은 오늘", ["북한"]),
    ],
)
def test_term(query: str, text: str, expected: list[str] | None) -> None:
    assert hits(query, text) == expected


@pytest.mark.parametrize(
    ("wording", "text", "expected"),
    [
        ("let* … leave", "letting all the many tired people leave", ["letting all the many tired people leave"]),
        ("let* … leave", "let one two three four five six seven leave", []),
        ("let*...leave", "lets leave", ["lets leave"]),
        ("let … leave", "leave let", []),
        ("let … leave", "let let leave leave", ["let leave"]),
        ("a … b … c", "a b x x x x b x x x x x x c", ["a b x x x x b x x x x x x c"]),
        ("exit* of civilian*", "the exits of civilians", ["exits of civilians"]),
        ("exit* of civilian*", "the exits, of civilians", []),
    ],
)
def test_wording(wording: str, text: str, expected: list[str]) -> None:
    assert found(wording, text) == expected


@pytest.mark.parametrize("text", ["", "…", "a …", "* a", "let*ting", "--", "a * b", "a.*", "let*, go", "let* . go"])
def test_a_wording_without_words_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_wording(text)


def test_an_acronym_minds_its_case_only_as_a_bare_word() -> None:
    assert wording_of(Term("SDF")) == Wording((Segment(" sdf ", ()),), exact=Exact("SDF", doubtful_in_capitals=True))
    assert wording_of(Term("SDF", Style.PHRASE)) == Wording((Segment(" sdf ", ()),))
    assert wording_of(Term("Sdf")).certain


def test_long_repetitive_text_takes_no_longer_than_its_length() -> None:
    text = "let " * 30_000 + "leave " * 30_000
    assert len(found("let … let … leave", text)) > 0


def test_a_scanner_without_patterns_finds_nothing() -> None:
    assert Scanner([]).scan(fold("Raqqa")) == {}
