import re
import unicodedata

import pytest

from monitor.concepts import load_concepts
from monitor.core.matching.terms import read_wording

SHIPPED = {
    "aid-access", "airstrike", "ceasefire", "chemical-attack", "coup", "detention", "displacement", "earthquake",
    "epidemic", "evacuation", "explosion", "flood", "hostages", "protest", "siege",
}  # fmt: skip


def test_the_shipped_concepts() -> None:
    assert set(load_concepts()) == SHIPPED


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_each_speaks_seven_languages_in_wordings_that_can_be_read(name: str) -> None:
    wordings = load_concepts()[name]
    scripts = {unicodedata.name(wording[0]).split()[0] for wording in wordings if wording[0].isalpha()}
    assert {"LATIN", "ARABIC", "CYRILLIC"} <= scripts
    assert len(wordings) == len(set(wordings)) > 60
    for wording in wordings:
        assert read_wording(wording)
        assert re.fullmatch(r"[^\s…*]+\*?(?: (?:… )?[^\s…*]+\*?)*", wording)
        assert len(wording.rstrip("*")) >= 3


def test_a_users_list_extends_a_shipped_one_or_stands_alone() -> None:
    concepts = load_concepts({"flood": ("water everywhere", "flooding"), "strike": ("walkout",)})
    assert concepts["strike"] == ("walkout",)
    assert concepts["flood"][:-1] == load_concepts()["flood"]
    assert concepts["flood"][-1] == "water everywhere"


@pytest.mark.parametrize(
    ("name", "traps"),
    [
        ("flood", {"flood", "floods", "seller", "crues", "سيول"}),
        ("evacuation", {"evacuation", "evacuation drill", "إخلاء", "tahliye"}),
        ("siege", {"осад*", "окружен*"}),
        ("coup", {"coup", "انقلاب"}),
    ],
)
def test_words_of_many_meanings_are_left_out(name: str, traps: set[str]) -> None:
    assert not traps & set(load_concepts()[name])
