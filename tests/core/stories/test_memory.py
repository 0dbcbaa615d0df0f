"""How much a watch remembers: as many articles as it may, of which the earliest go first."""

import pytest

from monitor.core.stories import rows as rows_module
from monitor.core.stories.stories import Outcome, StoryIndex
from tests.core.newsroom import article, match, tell


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
