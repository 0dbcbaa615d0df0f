"""Texts of one thing over and over: read in a time that grows with their length, and nothing long is kept."""

import pytest

from monitor.core.places.mentions import Names
from monitor.core.places.places import Gazetteer, locate
from monitor.core.places.tokens import Tokens

CHARACTERS = 256 * 1024
pytestmark = pytest.mark.timeout(30)  # a time that grows with the square of the length would be hours


@pytest.mark.parametrize(
    "unit",
    [
        "\u0301 ",
        "\u200b",
        "Paris, ",
        "Raqa ",
        "A. ",
        "Aa",
        "北",
        "al-",
        "St. ",
        "Jordan Halloway. ",
        "'",
        "Xoqz ",
        "\u0301x ",
    ],
)
def test_a_text_of_one_thing_is_read(gazetteer: Gazetteer, unit: str) -> None:
    text = unit * (CHARACTERS // len(unit))
    _, found = locate(unit, text, gazetteer)
    assert all(text[place.start : place.end] == place.text for place in found)


def test_many_places_of_many_names_are_read(gazetteer: Gazetteer) -> None:
    names = ("Raqqa", "Homs", "Idlib", "Aleppo", "Kyiv", "Beirut", "Tunis", "Mosul", "Erbil", "Sanaa")
    text = " ".join(f"In {name} {letter}{other} spoke." for name in names for letter in "XYZ" for other in "abcdefgh")
    _, found = locate("", text * 20, gazetteer)
    assert {place.text for place in found} >= set(names)


def test_a_run_of_words_without_end_is_not_remembered(gazetteer: Gazetteer) -> None:
    names = Names(gazetteer)
    for text in ("A" * CHARACTERS, "Q" + "q" * CHARACTERS + " Raqqa"):
        words = Tokens(text)
        names.mentions(words, words.begins())
    assert names.remembered <= 1
