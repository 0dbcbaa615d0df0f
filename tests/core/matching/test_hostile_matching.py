"""What nobody writes in good faith costs bounded work, and harms no other watch or article."""

import pytest

from monitor.core.matching.matches import MOST_HITS, match
from monitor.core.matching.watches import check_watch, compile_watches
from monitor.model import Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article

pytestmark = pytest.mark.timeout(20)


def test_a_million_parentheses_are_refused() -> None:
    error = check_watch(Watch(id="w", query="(" * 1_000_000), None, {})
    assert error is not None
    assert "nested more than 50 deep" in error.message


def test_a_watch_of_five_thousand_terms_is_found_by_any_of_them() -> None:
    terms = " OR ".join(f"word{number}" for number in range(5000))
    watches = compile_watches(
        [Watch(id="many", query=f"({terms}) AND siege"), Watch(id="one", query="raqqa")], None, {}
    )
    assert [found.watch for found in match(article("word4999 siege"), watches).watches] == ["many"]
    assert [found.watch for found in match(article("word4999 raqqa"), watches).watches] == ["one"]


def test_fifty_thousand_hits_leave_fifty() -> None:
    watches = compile_watches(
        [Watch(id="w", query="raqqa NEAR/3 siege"), Watch(id="v", query='"raqqa siege" AND siege')], None, {}
    )
    found = match(article("Raqqa siege " * 25_000), watches)
    assert [len(one.hits) for one in found.watches] == [MOST_HITS, MOST_HITS]
    assert len(found.hits) <= 2 * MOST_HITS


def test_ten_million_letters_without_a_space() -> None:
    watches = compile_watches([Watch(id="w", query="aaa* OR raqqa")], None, {})
    assert match(article("a" * 10_000_000, "Raqqa"), watches).watches


@pytest.mark.parametrize("text", ["\ud800 raqqa \udfff", "raqqa\ud800", "\udc80raqqa\udc80 siege"])
def test_lone_surrogates_are_no_letters(text: str) -> None:
    watches = compile_watches([Watch(id="w", query="raqqa NOT place:Idlib")], SmallGazetteer(), CONCEPTS)
    (hit,) = match(article(text), watches).hits
    assert hit.text == "raqqa"


def test_lone_surrogates_in_a_query_find_nothing_or_are_refused() -> None:
    error = check_watch(Watch(id="w", query="\ud800"), None, {})
    assert error is not None
    assert "no letters or digits" in error.message


@pytest.mark.parametrize("near", ["NEAR/999999999", "near/1000"])
def test_a_near_of_too_many_words_is_told_the_most(near: str) -> None:
    error = check_watch(Watch(id="w", query=f"raqqa {near} siege"), None, {})
    assert error is not None
    assert "at most three digits" in error.message


def test_a_hundred_thousand_nots_are_one_or_none() -> None:
    even, odd = "NOT " * 100_000, "NOT " * 100_001
    watches = compile_watches(
        [Watch(id="even", query=f"siege {even} raqqa"), Watch(id="odd", query=f"siege {odd} raqqa")], None, {}
    )
    assert [found.watch for found in match(article("siege raqqa"), watches).watches] == ["even"]
    assert [found.watch for found in match(article("siege"), watches).watches] == ["odd"]


def test_a_phrase_of_ten_thousand_words_is_found_whole_only() -> None:
    words = " ".join(f"word{number}" for number in range(10_000))
    watches = compile_watches([Watch(id="w", query=f'"{words}"')], None, {})
    assert match(article(words), watches).watches
    assert not match(article(words.replace("word5000", "other")), watches).watches


def test_a_hundred_thousand_exceptions_to_a_hundred_thousand_words() -> None:
    concepts = {"mining": ("mine", "NOT mine field")}
    watches = compile_watches([Watch(id="w", query="concept:mining")], None, concepts)
    found = match(article("mine " * 100_000 + "mine field " * 100_000), watches)
    assert len(found.hits) == MOST_HITS
    assert match(article("mine field " * 1000), watches).ids == []
