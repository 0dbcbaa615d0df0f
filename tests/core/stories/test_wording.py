"""An edit that says something else is told; one that only looks different is not."""

import pytest

from monitor.core.stories.stances import opposed
from monitor.core.stories.wording import headline_change
from monitor.model import Decision
from tests.core.newsroom import article, judged

VERDICT = (
    "The court in Velm acquitted the journalist Haddad on Tuesday after a trial of two weeks. Judges read the verdict "
    "for an hour in a full hall in Homs. Relatives did not weep, and a guard fainted. The prosecutor said nothing to "
    "reporters who waited outside the building until dusk."
)
TITLE = "Verdict in Velm after two weeks"


def _edited(title: str, old: str, new: str) -> tuple[Decision, list[tuple[str, str | None, str | None]]]:
    row = judged(article("a", TITLE, VERDICT), article("a", title, VERDICT.replace(old, new), hours=1, edited=True))[1]
    return row.decision, [(change.kind, change.before, change.after) for change in row.changes]


def _carried(title: str, old: str, new: str, *, before: str = TITLE) -> Decision:
    copy = article("b", title, VERDICT.replace(old, new), hours=1, source="Velm Post")
    return judged(article("a", before, VERDICT), copy)[1].decision


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("in Homs", "in Idlib", "Judges read the verdict for an hour in a full hall in Idlib."),
        ("Haddad", "Khoury", "acquitted the journalist Khoury on Tuesday"),
        ("acquitted", "convicted", "in Velm convicted the journalist"),
        ("said nothing", "never said a word", "The prosecutor never said a word to reporters"),
        ("did not weep", "did weep", "Relatives did weep, and a guard fainted."),
        ("a guard", "a sobbing guard", "Relatives did not weep, and a sobbing guard fainted."),
    ],
)
def test_a_sentence_that_says_something_else_is_an_update(old: str, new: str, said: str) -> None:
    decision, [(kind, before, after)] = _edited(TITLE, old, new)
    assert (decision, kind, before) == (Decision.UPDATE, "wording", None)
    assert said in (after or "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Haddad", "Hadad"),
        ("journalist", "jurnalist"),
        ("The prosecutor", "Prosecutor"),
        ("waited", "were waiting"),
        ("read the verdict for an hour", "for an hour read the verdict"),
        ("until dusk", "until after dusk"),
    ],
)
def test_a_sentence_that_only_looks_different_is_none(old: str, new: str) -> None:
    assert _edited(TITLE, old, new) == (Decision.COPY, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Court acquits journalist Haddad", "Court convicts journalist Haddad"),
        ("Court frees journalist", "Court refuses to free journalist"),
        ("Minister survives bomb attack", "Minister dies in bomb attack"),
        ("US forces begin to withdraw", "US denies it is withdrawing"),
        ("Ferry passengers missing", "Ferry passengers found"),
    ],
)
def test_a_headline_that_says_the_opposite_is_told_wherever_it_stands(before: str, after: str) -> None:
    old = article("a", before, VERDICT)
    page = article("a", after, VERDICT, hours=1, edited=True)
    other = article("b", after, VERDICT, hours=1, source="Velm Post")
    for new in (page, other):
        row = judged(old, new)[1]
        assert row.decision is Decision.UPDATE, row.reason
        assert [(c.kind, c.before, c.after) for c in row.changes] == [("headline", before, after)]
        assert f"headline “{before}” → “{after}”" in row.reason


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Court acquits journalist Haddad", "Journalist Haddad acquitted by a court"),
        ("Court acquits journalist Haddad in Velm", "Court acquits Haddad"),
    ],
)
def test_a_headline_that_only_looks_different_is_none(before: str, after: str) -> None:
    row = judged(article("a", before, VERDICT), article("a", after, VERDICT, hours=1, edited=True))[1]
    assert row.decision is Decision.COPY, row.reason


def test_another_outlet_may_write_its_own_headline_and_words() -> None:
    assert _carried("Haddad walks free, and No 10 is not amused", "", "") is Decision.COPY
    assert _carried(TITLE, "fainted", "collapsed") is Decision.COPY


@pytest.mark.parametrize(
    ("old", "new"), [("in Homs", "in Idlib"), ("acquitted", "convicted"), ("Relatives did", "Relatives never did")]
)
def test_another_outlet_may_not_change_a_name_or_turn_it_round(old: str, new: str) -> None:
    assert _carried("Night in court", old, new) is Decision.UPDATE


def test_opposites() -> None:
    assert opposed({"minister", "dies"}, {"minister", "survives"})
    assert opposed({"not", "safe"}, {"safe"})
    assert not opposed({"minister", "dies"}, {"minister", "dies", "survives"})
    assert not opposed({"not", "safe"}, {"never", "safe"})


def test_a_word_without_end_costs_no_more_than_another() -> None:
    assert headline_change("x" * 4000 + " siege", "y" * 4000 + " siege", same_page=True) is not None
