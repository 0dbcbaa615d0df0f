"""Texts of 256 KiB that say one thing over and over: judged like any other, and not in hours."""

import pytest

from monitor.core.stories.stories import StoryIndex
from monitor.model import Decision
from tests.core.newsroom import article, match, tell

CHARACTERS = 256 * 1024
pytestmark = pytest.mark.timeout(30)  # a time that grows with the square of the length would be hours


@pytest.mark.parametrize(
    "unit",
    [" ", "\n", "\u00a0", "\t ", ".", "…", "? ", "one ", "hundred and ", "twenty-", "1,", "1 000 ", "9", "("],
)
def test_a_text_of_one_thing_is_judged_and_its_copy_known(unit: str) -> None:
    index = StoryIndex()
    text = f"The bridge at Velm was shut on Friday, police said. {unit * (CHARACTERS // len(unit))}"
    for name, decision in (("a", Decision.NEW), ("b", Decision.COPY)):
        report = article(name, "Bridge shut at Velm by police on Friday", text, source=f"Post {name}")
        (row,) = tell(index, match(report)).judgements
        assert row.decision is decision


@pytest.mark.parametrize("unit", [" ", "\n", "\u00a0", "[ ", "• "])
def test_a_text_that_opens_with_nothing_is_read(unit: str) -> None:
    text = unit * (CHARACTERS // len(unit)) + "The bridge at Velm was shut."
    (row,) = tell(StoryIndex(), match(article("a", "Bridge shut", text))).judgements
    assert row.decision is Decision.NEW


@pytest.mark.parametrize("number", ["9" * 5000 + " million", "9" * 5000 + "-1", "hundred " * 5000, "1" + ",0" * 5000])
def test_a_number_without_end_counts_nothing(number: str) -> None:
    text = f"The bridge at Velm was shut on Friday after {number} people had crossed it, police said."
    (row,) = tell(StoryIndex(), match(article("a", "Bridge shut", text))).judgements
    assert row.decision is Decision.NEW
