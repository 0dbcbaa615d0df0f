"""Words with what Arabic writes onto them, and the language that an article says it is in."""

from dataclasses import replace

import pytest

from monitor.core.matching.matches import match
from monitor.core.matching.watches import compile_watches
from monitor.model import Watch
from tests.core.reading import article, hits


@pytest.mark.parametrize(
    "text", ["الرقة", "والرقة", "بالرقة", "وبالرقة", "كالرقة", "فالرقة", "للرقة", "وللرقة", "الرَّقّة"]
)
@pytest.mark.parametrize("query", ["الرقة", '"الرقة"', "الرق*"])
def test_an_arabic_word_is_found_under_what_is_written_onto_it(query: str, text: str) -> None:
    assert hits(query, f"خرج المدنيون {text} اليوم") == [text]


def test_the_article_comes_and_goes_with_an_indefinite_word() -> None:
    assert hits("إدلب", "وإدلب بإدلب لإدلب") == ["وإدلب", "بإدلب", "لإدلب"]
    assert hits("قصف", "القصف وقصف بالقصف") == ["القصف", "وقصف", "بالقصف"]


def test_a_short_word_takes_no_letter_that_makes_another_of_it() -> None:
    assert hits("تاب", "كتاب") is None
    assert hits("هو", "وهو") is None


def test_an_exact_spelling_stands_alone() -> None:
    assert hits("'الرقة'", "والرقة") is None
    assert hits("'الرقة'", "في الرقة") == ["الرقة"]


def test_clitics_stand_before_the_first_word_of_a_phrase_and_in_wordings() -> None:
    assert hits('"الرقة القديمة"', "بالرقة القديمة") == ["بالرقة القديمة"]
    assert hits('"مدينة الرقة"', "مدينة بالرقة") is None
    assert hits("concept:passage", "وممر آمن", concepts={"passage": ("ممر آمن",)}) == ["وممر آمن"]


@pytest.mark.parametrize(
    ("query", "language", "satisfied"),
    [
        ("lang:fr", "fr", True),
        ("lang:FR", "fr", True),
        ("lang:pt", "pt-BR", True),
        ("lang:br", "pt-BR", False),
        ("lang:fr", "en", False),
        ("lang:fr", None, False),
        ("NOT lang:fr", None, True),
        ("raqqa NOT lang:fr", "fr", False),
        ("raqqa AND lang:(fr OR en)", "en_GB", True),
        ("fr", "fr", False),
    ],
)
def test_the_language_that_the_article_says(query: str, language: str | None, satisfied: bool) -> None:
    watches = compile_watches([Watch(id="w", query=query, allow_all=True)], None, {})
    found = match(replace(article("Raqqa"), language=language), watches)
    assert bool(found.watches) is satisfied
    assert all(hit.what == "raqqa" for hit in found.hits)
