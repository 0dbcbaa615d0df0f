"""Short runs of articles as a newsroom meets them, and what a person at the desk would want of each."""

from dataclasses import dataclass

import pytest

from monitor.model import Article, Change, Decision
from tests.core.newsroom import article, judged

NEW, COPY, REPORT = Decision.NEW, Decision.COPY, Decision.REPORT
UPDATE, CORRECTION, KILL = Decision.UPDATE, Decision.CORRECTION, Decision.KILL

DAM = (
    "Engineers have lowered the water behind the Orsk dam after a crack was seen in its left wall, the power ministry "
    "said on Tuesday. Some 2,400 people in four villages below the dam were told to sleep on higher ground. The crack "
    "is as long as a bus and was found by a diver who was looking for a lost anchor. Turbines were stopped at noon. "
    "The ministry said that a team from the university would measure the wall each hour until the rain ends. "
    "Farmers drove their cattle up the valley road, and the school in Lesno opened its hall for the night."
)
DAM_TITLE = "Villages below Orsk dam told to move after crack is found"
DAM_CUT = DAM.split(" Turbines")[0]
OWN = (
    " In Tamm the fire brigade put up beds in the engine house, a baker brought rolls, and pensioners who remember "
    "the flood of their childhood made soup for whoever came over the hill. The mayor walked from door to door with a "
    "lantern and asked people to take in a family each until the wall has been looked at from both sides."
)
DAM_OTHERWISE = (
    "Families from the valley under the Orsk barrage spent the night in a school hall in Lesno. A diver had come upon "
    "a crack in the dam while he searched for an anchor. The reservoir is being emptied bit by bit, and no turbine "
    "runs. Researchers of the university will keep watch over the wall as long as it rains, according to the ministry "
    "of power. Cattle were driven uphill."
)
TRUCE = (
    "The two sides in the Kelvar hills agreed on Monday night to stop firing for five days so that the wounded can be "
    "fetched, a mediator said. Doctors with white flags are to cross the bridge at Tamm from both ends. The mediator "
    "warned that the deal had been reached by telephone and that nobody had signed it yet."
)
WRAP = (
    "The harbour index closed {0} percent {1} on {2}. Grain traded at {3} crowns a tonne after {4} the day before. "
    "Ship owners gained most. Turnover came to {5} million crowns, the exchange said."
)


@dataclass(frozen=True)
class Run:
    """Articles in the order in which they come, and the decision on each with the one it is judged against."""

    name: str
    articles: tuple[Article, ...]
    expected: tuple[tuple[Decision, str | None], ...]


RUNS = [
    Run(
        "a copy that another paper cut and gave its own headline",
        (article("a", DAM_TITLE, DAM), article("b", "Night on the hill", DAM_CUT, hours=2, source="Lesno Post")),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "a whole copy with an invitation to subscribe under it",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Dam cracked", DAM + "\nSign up here for our newsletter and read more each day.", hours=1),
        ),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "a cut copy with a local sentence",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Dam", DAM_CUT + " The mayor of Tamm offered blankets and a bus.", hours=1),
        ),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "the whole after a cut version, and nothing in it that matters more",
        (
            article("a", DAM_TITLE, DAM.split(" Farmers")[0]),
            article("b", DAM_TITLE, DAM.split(" Farmers")[0] + " Rain goes on.", hours=1, source="Lesno Post"),
        ),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "a copy of a copy",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "Dam", DAM_CUT, hours=1, source="Lesno Post"),
            article("c", "Night on the hill", DAM_CUT, hours=2, source="Tamm Mirror"),
        ),
        ((NEW, None), (COPY, "a"), (COPY, "a")),
    ),
    Run(
        "an update that changes a figure, without a marker",
        (
            article("a", DAM_TITLE, DAM),
            article("b", DAM_TITLE, DAM.replace("2,400", "3,100"), hours=3),
        ),
        ((NEW, None), (UPDATE, "a")),
    ),
    Run(
        "an update by marker",
        (article("a", DAM_TITLE, DAM), article("b", "UPDATE 2-" + DAM_TITLE, DAM, hours=3)),
        ((NEW, None), (UPDATE, "a")),
    ),
    Run(
        "a mirror of an update that was told, and one of the first version",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "UPDATE 1-" + DAM_TITLE, DAM.replace("2,400", "3,100"), hours=3),
            article("c", "Dam", DAM.replace("2,400", "3,100"), hours=4, source="Lesno Post"),
            article("d", "Dam", DAM, hours=5, source="Tamm Mirror"),
        ),
        ((NEW, None), (UPDATE, "a"), (COPY, "b"), (COPY, "a")),
    ),
    Run(
        "a fact without a figure, appended to the whole old text",
        (
            article("a", "Truce in Kelvar hills", TRUCE),
            article("b", "Truce", TRUCE + " The bridge was blown up an hour later by unknown men.", hours=2),
        ),
        ((NEW, None), (UPDATE, "a")),
    ),
    Run(
        "a correction by marker",
        (
            article("a", DAM_TITLE, DAM),
            article(
                "b", "CORRECTED-" + DAM_TITLE, "(Corrects number of villages)\n" + DAM.replace("four", "six"), hours=4
            ),
        ),
        ((NEW, None), (CORRECTION, "a")),
    ),
    Run(
        "a correction that says what it corrects and has no words in common with it",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "For the record", "We gave a wrong length on Tuesday.", hours=9, corrects=DAM_TITLE),
        ),
        ((NEW, None), (CORRECTION, "a")),
    ),
    Run(
        "a correction that quotes the headline",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "CORRECTION", f"In our report “{DAM_TITLE}” the length was wrong.", hours=9),
        ),
        ((NEW, None), (CORRECTION, "a")),
    ),
    Run(
        "the mirror of a correction that was told",
        (
            article("a", DAM_TITLE, DAM),
            article("b", "CORRECTED-" + DAM_TITLE, DAM.replace("2,400", "240"), hours=4),
            article("c", "CORRECTED-" + DAM_TITLE, DAM.replace("2,400", "240"), hours=5, source="Lesno Post"),
        ),
        ((NEW, None), (CORRECTION, "a"), (COPY, "b")),
    ),
    Run(
        "a kill, and a late mirror of what it killed",
        (
            article("a", "Truce in Kelvar hills", TRUCE),
            article("b", "KILL KILL KILL", "Kill “Truce in Kelvar hills”: the mediator denies the deal.", hours=1),
            article("c", "Guns to fall silent", TRUCE, hours=2, source="Lesno Post"),
        ),
        ((NEW, None), (KILL, "a"), (COPY, "a")),
    ),
    Run(
        "a refile that mends a letter",
        (
            article("a", DAM_TITLE, DAM.replace("anchor", "ancor")),
            article("b", "REFILE-" + DAM_TITLE, "(Refiles to mend spelling in paragraph 2)\n" + DAM, hours=1),
        ),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "the same page with a changed fact and no word about it",
        (
            article("a", DAM_TITLE, DAM, url="https://x.example/dam"),
            article("a", DAM_TITLE, DAM.replace("2,400", "240"), url="https://x.example/dam", hours=1, edited=True),
        ),
        ((NEW, None), (CORRECTION, "a")),
    ),
    Run(
        "the same page, a comma and a word re-touched",
        (
            article("a", DAM_TITLE, DAM, url="https://x.example/dam"),
            article("a", DAM_TITLE, DAM.replace("found by", "noticed by"), url="https://x.example/dam", edited=True),
        ),
        ((NEW, None), (COPY, "a")),
    ),
    Run(
        "the same page that grew by news",
        (
            article("a", "Truce in Kelvar hills", TRUCE, url="https://x.example/t"),
            article(
                "b",
                "Truce",
                TRUCE + " Late on Monday both armies signed the paper.",
                url="https://x.example/t",
                hours=1,
            ),
        ),
        ((NEW, None), (UPDATE, "a")),
    ),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_sequence(run: Run) -> None:
    check(run)


def check(run: Run) -> None:
    """Each article is judged as expected, and what is told and changed goes with the decision."""
    rows = judged(*run.articles)
    assert [(row.decision, row.of) for row in rows] == list(run.expected), [row.reason for row in rows]
    for row in rows:
        assert row.told is (row.held is None)
        assert not row.changes if row.decision is COPY else True
        assert row.changes if row.decision is UPDATE else True


def test_changed_figure_is_shown_with_what_it_counts() -> None:
    _, row = judged(article("a", DAM_TITLE, DAM), article("b", DAM_TITLE, DAM.replace("2,400", "3,100"), hours=3))
    assert row.changes == (Change(kind="figure", before="2400 people", after="3100 people"),)
    assert row.copy_of is None, "a fact was changed"
    assert row.reason == f"update of “{DAM_TITLE}” (Example Wire): 2400 people → 3100 people"


def test_copy_says_how_much_stands_where() -> None:
    _, row = judged(article("a", DAM_TITLE, DAM), article("b", "Hill", DAM_CUT, hours=2, source="Lesno Post"))
    assert row.reason == f"copy of “{DAM_TITLE}” (Example Wire): 100 % of this text stands in it"
    assert row.copy_of == "a"
    assert row.coverage is not None
    assert row.coverage.new_in_old == 1
    assert 0.3 < row.coverage.old_in_new < 0.7


def test_the_text_of_something_killed_is_named_as_old() -> None:
    *_, row = judged(
        article("a", "Truce in Kelvar hills", TRUCE),
        article("b", "KILL KILL KILL", "Kill “Truce in Kelvar hills”: the mediator denies the deal.", hours=1),
        article("c", "Guns to fall silent", TRUCE, hours=2, source="Lesno Post"),
    )
    assert row.reason.endswith("this is the old text: a kill of it was told since")


def test_one_story_holds_all_of_it_and_another_event_founds_its_own() -> None:
    rows = judged(
        article("a", DAM_TITLE, DAM),
        article("b", "UPDATE 1-" + DAM_TITLE, DAM, hours=1),
        article("c", "Dam", DAM_CUT, hours=2, source="Lesno Post"),
        article("d", "Orsk dam cracks", DAM_OTHERWISE, hours=3, source="Tamm Mirror"),
        article("e", "Truce in Kelvar hills", TRUCE, hours=3),
    )
    assert len({row.story for row in rows[:4]}) == 1
    assert rows[4].story != rows[0].story


def test_copy_inherits_the_origin() -> None:
    rows = judged(
        article("a", DAM_TITLE, "LESNO, Oblast (AFP) - " + DAM, source="Lesno Post"),
        article("b", "Hill", DAM_CUT, hours=2, source="Tamm Mirror"),
        article("c", "Truce", TRUCE, hours=2, source="Tamm Mirror"),
    )
    assert [row.origin for row in rows] == ["AFP", "AFP", None]
