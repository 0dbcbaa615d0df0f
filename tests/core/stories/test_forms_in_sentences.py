"""Reports in the same sentences about one house and another: the subject tells them apart."""

import pytest

from monitor.model import Decision
from tests.core.newsroom import article, judged

OFFERING = (
    "{0} said it has registered with the exchange for a sale of {1} crowns in notes that fall due in ten years. {2} "
    "will lead the sale. The proceeds are to repay loans of its yards and for general purposes of the house, it said."
)
CORVEL = OFFERING.format("Corvel Mills", "40 million", "Harbour Bank")
ANDRE = OFFERING.format("Andre and Sons", "90 million", "Quay Brothers")
ANDRE_LATER = OFFERING.format("Andre and Sons", "70 million", "Quay Brothers")


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("CORVEL REGISTERS NOTES", CORVEL, Decision.NEW),
        ("Corvel Mills to sell notes", CORVEL, Decision.NEW),
        ("ANDRE REGISTERS NOTES", ANDRE_LATER, Decision.UPDATE),
        ("YARDS OF ANDRE TO GET MONEY", ANDRE_LATER, Decision.UPDATE),
        ("REGISTRATION OF NOTES", CORVEL, Decision.UPDATE),  # whose is not to be seen
        ("NZ CORVEL REGISTERS NOTES", CORVEL, Decision.UPDATE),  # nor among abbreviations
    ],
)
def test_one_form_under_two_subjects_is_two_events(title: str, text: str, expected: Decision) -> None:
    rows = judged(article("a", "ANDRE TO SELL NOTES", ANDRE), article("b", title, text, hours=1, source="Quay Post"))
    assert rows[1].decision is expected, rows[1].reason


def test_a_paragraph_that_two_events_share_makes_no_story_of_them() -> None:
    shared = (
        "Here is what we know of it so far, and as there will be more we are to say so on this page when it is out."
    )
    garden = f"{shared} Herbs, Forty Kinds Of Them, Grow By Pell Gymnasium, Pupils Of Pell Said. Herbs Of Pell Smell."
    lorry = f"{shared} Apples Lie On Cardow Pass, Where A Lorry Of Cardow Turned Over. Drivers Of Cardow Wait For Tow."
    rows = judged(article("a", "Herbs", garden), article("b", "Apples", lorry, hours=1, source="Echo"))
    assert rows[1].decision is Decision.NEW, rows[1].reason


def test_much_text_in_common_is_a_story_whatever_its_words_are_worth() -> None:
    common = " ".join(
        f"It {one} that {other} have {one} {that} more than {other} and we {other} not {one} it as {other} like {that}."
        for one, other, that in (
            ("is", "they", "them"),
            ("was", "others", "us"),
            ("seems", "many", "you"),
            ("looks", "few", "him"),
            ("feels", "some", "her"),
            ("sounds", "most", "one"),
            ("stays", "all", "me"),
        )
    )
    lamps, boats = (
        " ".join(f"{name} {verb} for {what} by {name} at {name}." for name in names.split())
        for names, verb, what in (
            ("Velm Sund Onar Harl Brede Pell Lunt Gorm Tarn Ferro Milde Ostra Perle", "asks", "lamps"),
            ("Cardow Halmet Dorring Karvela Corvel Andre Sollen Vaden Rusk Bolde Krem Jarle Nesse", "pays", "boats"),
        )
    )
    rows = judged(
        article("a", "Lamps", f"{lamps} {common}"),
        article("b", "Boats", f"{common} {boats}", hours=1, source="Echo"),
    )
    assert rows[1].decision is Decision.REPORT, rows[1].reason


@pytest.mark.parametrize("words", [24, 36, 48])
def test_a_cut_copy_is_one_whatever_names_stand_over_it(words: int) -> None:
    text = (
        "The ferry between the islands will not sail before Monday: divers found a crack in the hull. Its forty "
        "passengers were brought home by bus. The harbour master said that a second ship had been asked for, and that "
        "tickets stay valid until the end of the month."
    )
    cut = " ".join(text.split()[:words])
    rows = judged(
        article("a", "Letter from Velm", text), article("b", "Briefing by Onar Post", cut, hours=1, source="Echo")
    )
    assert rows[1].decision is Decision.COPY, rows[1].reason


def test_a_quake_under_two_headlines_is_one_event() -> None:
    one = "A strong shock hit Karvela at dawn. At least a dozen people died and houses fell in the old town of Karvela."
    other = (
        "In Karvela a shock at dawn made houses fall in the old town. A dozen people died, the mayor of Karvela said."
    )
    rows = judged(
        article("a", "EARTHQUAKE STRIKES COAST", one), article("b", "TREMOR SHAKES PORT", other, hours=1, source="Echo")
    )
    assert rows[1].decision is Decision.REPORT, rows[1].reason
