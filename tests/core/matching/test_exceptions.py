"""A list says what it does not mean; that counts where it overlaps a find, and nowhere else."""

import pytest

from monitor.core.matching.exceptions import read_list
from monitor.core.matching.watches import check_watch
from monitor.model import Watch
from tests.core.reading import hits

LISTS = {"blast": ("explosion", "explod*", "bomb … went off", "NOT explosion of colour", "NOT prices explod*")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An explosion in the hall", ["explosion"]),
        ("An explosion of colour", None),
        ("An explosion of colour, then an explosion", ["explosion"]),
        ("An explosion of anger", ["explosion"]),
        ("Prices exploded, and a shell exploded", ["exploded"]),
        ("Prices exploded.", None),
        ("A bomb in a car went off amid an explosion of colour", ["bomb in a car went off"]),
        ("of colour: explosion", ["explosion"]),
    ],
)
def test_an_exception_unmakes_what_it_overlaps(text: str, found: list[str] | None) -> None:
    assert hits("concept:blast", text, concepts=LISTS) == found


def test_it_counts_in_each_field_by_itself_and_under_not() -> None:
    assert hits("concept:blast", "An explosion", "An explosion of colour", concepts=LISTS) == ["explosion"]
    assert hits("title:concept:blast", "An explosion", "An explosion of colour", concepts=LISTS) is None
    assert hits("garden NOT concept:blast", "The garden: an explosion of colour", concepts=LISTS) == ["garden"]
    assert hits("garden NOT concept:blast", "The garden after an explosion", concepts=LISTS) is None


def test_only_wordings_that_share_a_word_with_an_exception_pay_for_it() -> None:
    wordings = {wording.segments[0].pattern: wording for wording in read_list(LISTS["blast"])}
    assert [pattern for pattern, wording in wordings.items() if wording.unless] == [" explosion ", " explod"]


def test_a_list_of_nothing_but_exceptions_is_refused() -> None:
    error = check_watch(Watch(id="w", query="concept:none"), None, {"none": ("NOT a",)})
    assert error is not None
    assert "has no wordings" in error.message
