"""Why an article satisfies a watch or does not, for people."""

from dataclasses import replace

import pytest

from monitor.core.matching.explain import explain, lines, marked
from monitor.core.matching.watches import compile_watches
from monitor.model import Article, Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article


def told(query: str, read: Article) -> list[str]:
    watches = compile_watches([Watch(id="desk", query=query, allow_all=True)], SmallGazetteer(), CONCEPTS)
    (explanation,) = explain(read, watches)
    return list(lines(explanation, lambda text: f"[{text}]"))


def test_a_satisfied_watch_shows_what_met_each_part() -> None:
    read = article("The SDF let people leave.\nRaqa is calm.", "Buses leave Raqa")
    assert told("place:Raqqa AND (concept:evacuation OR siege) NOT title:opinion", read) == [
        "desk matches 'Buses leave Raqa'",
        "  ✓ all of",
        "    ✓ place:Raqqa: title 12–16 'Raqa', text 26–30 'Raqa'; means Raqqa, SY (geonames/172955)",
        "    ✓ any of",
        "      ✓ concept:evacuation: text 8–24 'let people leave'",
        "      ✗ siege",
        "    ✓ not",
        "      ✗ title:opinion",
        "",
        "Buses leave [Raqa]",
        "",
        "The SDF [let people leave].",
        "[Raqa] is calm.",
    ]


def test_an_unsatisfied_watch_shows_what_is_missing_and_what_is_there() -> None:
    read = article("It is calm in Idlib.")
    assert told("place:Tripoli AND IS AND idlib", read) == [
        "desk does not match 'a'",
        "  ✗ all of",
        "    ✗ place:Tripoli: means Tripoli, LY (geonames/2210247); not Tripoli, LB (geonames/266826); "
        "places here: Idlib",
        "    ✗ IS: here only in other letters, or in a line all in capitals: an acronym minds its case",
        "    ✓ idlib: text 14–19 'Idlib'",
        "",
        "It is calm in [Idlib].",
    ]


def test_near_says_which_side_is_missing() -> None:
    assert told("raqqa NEAR/1 siege", article("Raqqa"))[1].endswith("not here: siege")
    apart = article("Raqqa was a town under siege")
    assert told("raqqa NEAR/1 siege", apart)[1].endswith("both are here, 4 words apart at the nearest; 1 asked")
    split = article("Raqqa", "The siege")
    assert told("raqqa NEAR/1 siege", split)[1].endswith("both are here, in different fields")
    assert told("raqqa NEAR/1 siege", article("Raqqa siege"))[1].endswith("text 0–5 'Raqqa', text 6–11 'siege'")


def test_the_source_is_named() -> None:
    assert (
        told("source:reuters", article("x", source="The\x1b Times"))[1]
        == "  ✗ source:reuters: the source is 'The Times'"
    )


def test_many_hits_are_counted() -> None:
    assert told("a", article("a " * 9, "T"))[1].endswith("text 8–9 'a' and 4 more")


def test_places_none() -> None:
    assert told("place:Raqqa", article("nothing"))[1].endswith("places here: none")


def test_marking_merges_what_overlaps_and_lets_nothing_through_to_the_terminal() -> None:
    text = "one \x1b[2Jtwo\nthr\u202eee four"
    assert marked(text, [(4, 11), (8, 15), (0, 3)], lambda piece: f"<{piece}>") == "<one> <[2Jtwo\nthr>ee four"


def test_a_place_that_was_read_as_another_of_its_name_is_a_near_miss() -> None:
    shown = told('place:"geonames/266826" OR place:Idlib', article("He went to Tripoli in Libya."))
    assert shown[2].startswith("    ✗ place:geonames/266826: means Tripoli, LB (geonames/266826)")
    assert "'Tripoli' was read as Tripoli, LY (geonames/2210247) with score 0." in shown[2]
    assert "was read as" not in shown[3]


def test_the_language_is_told() -> None:
    read = article("Raqqa")
    says = "  ✗ lang:fr: the article does not say its language; "
    assert told("lang:fr", read)[1] == says + "nor do its words tell for sure"
    assert told("lang:fr", article("The bridge was closed by the police."))[1] == says + "by its words it is 'en'"
    assert told("lang:fr", replace(read, language="en"))[1] == "  ✗ lang:fr: the language is 'en'"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("title:siege", "it stands in the text; title asked"),
        ("title:concept:siege", "it stands in the text; title asked"),
        ("title:place:Raqqa", "means Raqqa, SY"),
        ("SDF", "here only in other letters, or in a line all in capitals: an acronym minds its case"),
        ("'Siege'", "here only in other letters or signs: in single quotes it is looked for exactly so"),
        ('"town siege"', "its words are here, but not as asked: in this order, and no further apart"),
        ('"long town"~1', "its words are here, but not as asked: in this order, and no further apart"),
        ("blockade", ""),
        ('"long blockade"', ""),
    ],
)
def test_what_was_nearly_met_says_what_it_lacks(query: str, says: str) -> None:
    line = told(query, article("A long siege of the town, the sdf said in Raqqa", "News"))[1]
    assert line.startswith(f"  ✗ {query}{': ' if says else ''}{says}")
    assert says or line == f"  ✗ {query}"
