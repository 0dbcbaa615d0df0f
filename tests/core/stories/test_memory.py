"""How much a watch remembers: as many articles as it may, of which the earliest go first."""

from datetime import timedelta

import pytest

from monitor.core.stories import rows as rows_module
from monitor.core.stories.stories import Outcome, StoryIndex
from tests.core.newsroom import START, article, match, tell, unwatched


def test_a_watch_that_holds_as_many_as_it_may_forgets_its_earliest_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 20)
    monkeypatch.setattr(rows_module, "CUT", 0.25)
    index, outcomes = StoryIndex(), []
    for n in range(60):
        found = article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.", hours=n / 10)
        outcomes.append(tell(index, match(found, "busy", *(["calm"] if n < 3 else []))))
    assert [n for n, outcome in enumerate(outcomes) if outcome.cut] == [20, 25, 30, 35, 40, 45, 50, 55]
    gone = [key for outcome in outcomes for key in outcome.expired_judgements]
    assert [key.split("|")[1] for key in gone] == [f"r{n}" for n in range(40)]
    assert [key.split("|")[0] for outcome in outcomes for key in outcome.expired_sketches] == [
        f"r{n}" for n in range(3, 40)
    ], "the texts of the calm watch are still needed"
    assert len(index._rows.of_watch("busy")) == 20
    assert len(index._rows.of_watch("calm")) == 3


def test_of_judgements_that_come_back_in_any_order_the_earliest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    index, kept = StoryIndex(), list[Outcome]()
    for n in range(20):
        found = article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.", hours=n / 10)
        kept.append(tell(index, match(found)))
    again = StoryIndex()
    again.restore([outcome.sketch for outcome in kept if outcome.sketch], [o.judgements[0] for o in reversed(kept)])
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 20)
    monkeypatch.setattr(rows_module, "CUT", 0.25)
    further = match(article("s", "Bakers to strike", "The bakers of Pell will strike from Monday.", hours=3))
    outcome = again.judge(further)
    assert [key.split("|")[1] for key in outcome.expired_judgements] == ["r0", "r1", "r2", "r3", "r4"]
    assert outcome == index.judge(further)


def test_an_edit_that_matches_no_more_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 20)
    index = StoryIndex()
    tell(index, match(article("a", "River 0", "Gauge 0 stood at 0.")))
    for n in range(1, 60):
        edit = article("a", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.", hours=n / 10)
        tell(index, unwatched(edit))
    assert len(index._rows.of_watch("desk")) <= 21


def test_nothing_is_judged_against_what_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 5)
    index = StoryIndex()
    for n in range(5):
        tell(index, match(article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.")))
    again = tell(index, match(article("s", "River", "Gauge 0 at the weir 0 stood at 0 on day 0.", hours=1)))
    assert [key.split("|")[1] for key in again.expired_judgements] == ["r0"]
    assert again.judgements[0].told


def test_however_many_came_back_there_is_room_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    index = StoryIndex()
    for n in range(50):
        tell(index, match(article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.")))
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 20)
    outcome = tell(index, match(article("s", "Bakers to strike", "The bakers of Pell will strike.", hours=1)))
    assert (len(outcome.expired_judgements), outcome.cut) == (31, ("desk",))


def test_what_is_due_anyway_is_not_said_to_leave_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "MOST_OF_WATCH", 9)
    index = StoryIndex()
    for n in range(9):
        tell(index, match(article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.")))
    monkeypatch.setattr(StoryIndex, "expired", lambda *_, **__: ((), ()))
    monkeypatch.setattr(index._library, "come_to", lambda _: START + timedelta(days=30))
    late = article("s", "Bakers to strike", "The bakers of Pell will strike.", hours=24 * 30)
    assert index.judge(match(late)).cut == ()


def test_who_only_judges_leaves_no_trace_of_a_watch() -> None:
    index = StoryIndex()
    index.judge(match(article("a", "River", "Gauge 1 stood at 1."), "passing"))
    assert index._rows._pack.known_number("passing") is None
