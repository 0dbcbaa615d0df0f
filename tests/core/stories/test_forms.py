"""What two texts share, and what their own words say of it."""

from datetime import timedelta

import pytest

from monitor.core.stories.kin import Kinship, compare
from monitor.core.stories.sketches import read
from monitor.model import Article
from tests.core.newsroom import START, article

FOOTER = (
    "This paper belongs to those who read it and takes no money from parties. Whoever likes our work may give three "
    "crowns a month. Letters to the editors are answered within a week. Any copy needs our leave in writing."
)
GARDEN = "The school at Pell has planted a garden with forty kinds of herbs behind its gymnasium."
LORRY = "A lorry with apples turned over on the pass above Cardow, and the driver broke an arm."
QUAKE = (
    "A light quake was felt in {0} and around it, the institute said. Its magnitude was {1}. Nobody was hurt and no "
    "damage is known. Whoever noticed the tremor is asked to fill in a form, which helps to draw maps of the ground."
)


def kinship(new: Article, old: Article, *, hours: float = 0) -> Kinship:
    later = START + timedelta(hours=hours)
    return compare(read(new, later, 1), read(old, START, 0).remembered, same_page=False).kinship


def test_a_shared_footer_sets_two_reports_apart() -> None:
    old, new = (article(title, title, f"{text}\n{FOOTER}") for title, text in (("Herbs", GARDEN), ("Apples", LORRY)))
    assert kinship(new, old) is Kinship.APART


def test_a_headline_that_speaks_of_the_same_keeps_them_together() -> None:
    old = article("a", "Herbs", f"{GARDEN}\n{FOOTER}")
    own = f"Forty kinds of herbs grow behind the gymnasium in Pell, planted by pupils.\n{FOOTER}"
    assert kinship(article("b", "School garden of Pell", own), old) is not Kinship.APART


def test_a_text_that_begins_with_the_old_one_is_not_apart() -> None:
    old = article("a", "Herbs", f"{GARDEN}\n{FOOTER}")
    assert kinship(article("b", "Lorry on the pass", f"{GARDEN}\n{FOOTER}\n{LORRY} {LORRY}"), old) is Kinship.COPY


@pytest.mark.parametrize(
    ("title", "place", "size", "expected"),
    [
        ("Quake felt in Halmet", "Halmet", "4.1", Kinship.TEMPLATE),
        ("Quake felt in Halmet", "Halmet", "3.8", Kinship.COPY),  # the same figure
        ("Quake felt in Dorring", "Dorring", "4.1", Kinship.COPY),  # the same place: the magnitude was put right
        ("QUAKE FELT IN HALMET", "Halmet", "4.1", Kinship.COPY),  # no name to be seen among capitals
    ],
)
def test_a_form_of_another_place_and_figure_is_another_event(
    title: str, place: str, size: str, expected: Kinship
) -> None:
    old = article("a", "Quake felt in Dorring", QUAKE.format("Dorring", "3.8"))
    assert kinship(article("b", title, QUAKE.format(place, size)), old) is expected


@pytest.mark.parametrize(("title", "hours", "expected"), [("Grain", 24, False), ("Grain", 2, True), ("Wheat", 24, True)])
def test_an_issue_under_a_standing_headline_quotes_the_one_before(title: str, hours: float, expected: bool) -> None:
    form = (
        "Wheat rose to {} crowns from {} a day earlier at the exchange of Pell. Some {} tonnes were sold to {} mills "
        "in {} lots, and the brokers at the quay spoke of a quiet day with little wind and few ships in the harbour."
    )
    old = article("a", "Grain", form.format(212, 209, 4100, 12, 31))
    new = article("b", title, form.format(218, 212, 5200, 12, 31), hours=hours)
    assert (kinship(new, old, hours=hours) is not Kinship.TEMPLATE) is expected
