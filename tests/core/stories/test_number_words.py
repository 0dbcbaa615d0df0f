import pytest

from monitor.core.stories.number_words import SMALL
from monitor.model import Change, Decision
from tests.core.newsroom import article, figures_in, judged

AFTER = {
    "French": (
        "Trois personnes sont mortes",
        "Cinq personnes sont mortes",
        "sur le pont de Bréval, selon la préfecture",
    ),
    "Spanish": ("Murieron tres personas", "Murieron nueve personas", "en el puente de Villaserena, según la alcaldía"),
    "German": ("Drei Menschen starben", "Sieben Menschen starben", "auf der Brücke bei Lindach, so die Polizei"),
    "Italian": ("Morte tre persone", "Morte otto persone", "sul ponte di Valscura, secondo la prefettura"),
    "Russian": (
        "Погибли три человека",
        "Погибли восемь человек",
        "на мосту через реку Талую в городе Берёзовске, сообщили вечером спасатели области",
    ),
    "Turkish": ("Kazada üç kişi öldü", "Kazada sekiz kişi öldü", "Yeşilova köprüsünde, vali açıkladı"),
    "Arabic": ("قتل ثلاثة أشخاص", "قتل سبعة أشخاص", "على جسر السمراء حسبما أعلن الدفاع المدني"),
}


@pytest.mark.parametrize("language", AFTER)
def test_a_toll_in_words_that_rises_is_an_update(language: str) -> None:
    first, second, rest = AFTER[language]
    texts = [f"{toll} {rest}. {rest}, {rest}." for toll in (first, second)]
    rows = judged(*(article(str(n), rest, text, hours=n) for n, text in enumerate(texts)))
    assert [row.decision for row in rows] == [Decision.NEW, Decision.UPDATE]
    assert rows[1].changes[0].kind == "figure"
    assert rows[1].changes[0].before is not None


def test_tens_and_units_are_one_number() -> None:
    assert [f.value for f in figures_in("", "Treinta y cinco barcos y vingt-deux bateaux.")] == ["35", "22"]


@pytest.mark.parametrize("word", ["once", "seize", "due", "elf", "dos", "on"])
def test_words_of_other_meaning_are_no_numbers(word: str) -> None:
    assert word not in SMALL


def test_the_change_says_what_stood_before() -> None:
    rows = judged(
        article(
            "a",
            "Pont",
            "Trois personnes sont mortes sur le pont de Bréval lundi soir après une longue journée de pluie.",
        ),
        article(
            "b",
            "Pont",
            "Cinq personnes sont mortes sur le pont de Bréval lundi soir après une longue journée de pluie.",
            hours=1,
        ),
    )
    assert rows[1].changes == (Change(kind="figure", before="3 personnes", after="5 personnes"),)
