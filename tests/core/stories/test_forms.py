"""What two texts share, and what their own words say of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.stories.kin import Kinship, compare
from monitor.core.stories.sketches import read, remember
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


@pytest.mark.parametrize(
    ("title", "hours", "expected"), [("Grain", 24, False), ("Grain", 2, True), ("Wheat", 24, True)]
)
def test_an_issue_under_a_standing_headline_quotes_the_one_before(title: str, hours: float, expected: bool) -> None:
    form = (
        "Wheat rose to {} crowns from {} a day earlier at the exchange of Pell. Some {} tonnes were sold to {} mills "
        "in {} lots, and the brokers at the quay spoke of a quiet day with little wind and few ships in the harbour."
    )
    old = article("a", "Grain", form.format(212, 209, 4100, 12, 31))
    new = article("b", title, form.format(218, 212, 5200, 12, 31), hours=hours)
    assert (kinship(new, old, hours=hours) is not Kinship.TEMPLATE) is expected


PAYOUT = "Qtrly payout {0} crowns vs {0} crowns prior. Pay {1} Record {2}."
RESULTS = "Shr {} crowns vs {} crowns. Net {} vs {}. Revs {} mln vs {} mln. Avg shrs {} vs {}."


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Corvel Mills sets payout", PAYOUT.format(8, "May 4", "April 9"), Kinship.TEMPLATE),
        ("CORVEL MILLS SETS PAYOUT", PAYOUT.format(8, "May 4", "April 9"), Kinship.TEMPLATE),
        ("Corvel Mills sets payout", PAYOUT.format(14, "May 4", "April 9"), Kinship.TEMPLATE),
        ("ANDRE AND SONS: UNCHANGED PAYOUT", PAYOUT.format(8, "May 4", "April 9"), Kinship.COPY),
        ("Payout of Andre and Sons", PAYOUT.format(8, "May 4", "April 9"), Kinship.COPY),
    ],
)
def test_whose_payout_it_is_says_the_headline(title: str, text: str, expected: Kinship) -> None:
    old = article("a", "Andre and Sons sets payout", PAYOUT.format(8, "May 4", "April 9"))
    assert kinship(article("b", title, text), old) is expected


def test_results_of_two_houses_are_two_events() -> None:
    old = article("a", "Andre and Sons 3rd qtr", RESULTS.format(1.2, 1.1, 410_200, 388_100, 12.4, 11.9, 3100, 3100))
    new = article("b", "Corvel Mills 3rd qtr", RESULTS.format(0.4, 0.7, 98_700, 120_400, 3.1, 3.3, 2400, 2500))
    own = article("c", "Andre and Sons 3rd qtr net", RESULTS.format(1.2, 1.1, 410_200, 388_100, 12.4, 11.9, 3100, 3100))
    assert kinship(new, old) is Kinship.TEMPLATE
    assert kinship(own, old) is Kinship.COPY


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("CORVEL RAISES CRUDE PRICES BY 50 CENTS", "ANDRE RAISES CRUDE PRICES BY 50 CENTS", Kinship.TEMPLATE),
        ("CORVEL RAISES CRUDE PRICES BY 50 CENTS", "CORVEL RAISES CRUDE PRICES 50 CENTS", Kinship.COPY),
    ],
)
def test_a_flash_about_another_is_another(one: str, other: str, expected: Kinship) -> None:
    one, other = (f"{text} TODAY AT ALL OF ITS WELLS, 19 CROWNS A BARREL NOW" for text in (one, other))
    assert kinship(article("b", one, one), article("a", other, other)) is expected


def test_a_flash_in_other_words_is_no_form() -> None:
    old = article("a", "Blast kills 12 at the market of Velm", "Blast kills 12 at the market of Velm")
    new = article("b", "Explosion in Velm leaves 12 dead at market", "Explosion in Velm leaves 12 dead at market")
    assert kinship(new, old) is Kinship.NONE


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        (
            "Earthquake strikes Karvela",
            "Quake hits Karvela",
            "At least 12 people were killed and 140 hurt as it struck.",
        ),
        (
            "Parliament approves budget",
            "Lawmakers pass spending plan",
            "The plan of 212 bn was passed by 61 votes to 40.",
        ),
        ("EXCLUSIVE: FERRY HELD IN PORT", "BREAKING: FERRY HELD IN PORT", "All 40 on board were put off at 9 tonight."),
    ],
)
def test_a_short_copy_under_a_headline_in_other_words_is_one(one: str, other: str, text: str) -> None:
    text = f"{text} The governor said this on Friday."
    assert kinship(article("b", one, text), article("a", other, text)) is Kinship.COPY


def test_an_event_with_the_same_figures_is_no_other() -> None:
    old = article("a", "QUAKE KILLS 12", "A shock of 6.4 at Karvela killed 12 and injured 140 as 300 houses collapsed.")
    new = article(
        "b", "TREMOR LEAVES 12 DEAD", "In Karvela 12 died, 140 were injured, 300 houses fell in a shock of 6.4."
    )
    assert kinship(new, old) is not Kinship.TEMPLATE


def test_of_a_row_without_vocabulary_nothing_is_strange() -> None:
    text = PAYOUT.format(8, "May 4", "April 9")
    old = read(article("a", "ANDRE AND SONS SETS PAYOUT", text), START, 0).whole
    new = read(article("b", "CORVEL MILLS SETS PAYOUT", text), START, 1)
    assert compare(new, remember(old), same_page=False).kinship is Kinship.TEMPLATE
    assert compare(new, remember(replace(old, vocabulary="")), same_page=False).kinship is Kinship.COPY


def test_a_copy_under_another_headline_is_one() -> None:
    text = (
        "The ferry between Pell and Velm will not sail before Monday: divers found a crack in the hull. Its forty "
        "passengers were brought home by bus. The harbour master said that a second ship had been asked for, and that "
        "tickets stay valid until the end of the month."
    )
    old = article("a", "Crack keeps ferry in port", text)
    assert kinship(article("b", "Travellers stranded: no boat until Monday", text), old) is Kinship.COPY
    named = article("c", "Stranded!", text.replace("forty ", ""))
    assert kinship(named, article("d", "Shipping", text)) is Kinship.COPY


def test_a_headline_whose_script_has_no_capitals_may_begin_with_a_verb() -> None:
    text = "قال رئيس المرفأ إن العبارة بين بيل وفيلم لن تبحر قبل يوم الاثنين لأن الغواصين وجدوا شقا في بدنها"
    old, new = article("a", "توقف العبارة", text), article("b", "تأجيل الرحلات", text)
    assert kinship(new, old) is Kinship.COPY
