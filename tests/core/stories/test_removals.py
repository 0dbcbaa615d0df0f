"""A watch that is gone: its stories are forgotten, those of others are not."""

from monitor.core.stories.stories import StoryIndex
from monitor.model import Decision, Judgement, Removal, Sketch
from tests.core.newsroom import article, match, tell

TEXT = "The ferry to Onar was stopped at noon after a fire in its engine room, the harbour master of Velm said."
BRIDGE = "A bridge of the old road over the Sarn gave way on Monday under a lorry with sixty tons of gravel on it."


def told(watches: tuple[str, ...]) -> StoryIndex:
    index = StoryIndex()
    tell(index, match(article("a", "Ferry stopped", TEXT), *watches))
    tell(index, match(article("b", "Bridge gives way", BRIDGE), "other"))
    return index


def forget(index: StoryIndex, watch: str) -> tuple[int, list[str]]:
    outcome = index.forget(Removal(watch=watch))
    index.apply(outcome)
    assert not outcome.alerts
    assert not outcome.suppressed
    return len(outcome.expired_judgements), [key.partition("|")[0] for key in outcome.expired_sketches]


def test_its_stories_are_new_to_it_should_it_come_back() -> None:
    index = told(("desk", "other"))
    assert forget(index, "desk") == (1, [])
    (row,) = tell(index, match(article("c", "Ferry stopped", TEXT), "desk")).judgements
    assert row.decision is Decision.NEW


def test_others_keep_what_they_were_told() -> None:
    index = told(("desk", "other"))
    forget(index, "desk")
    (row,) = tell(index, match(article("c", "Ferry stopped", TEXT), "other")).judgements
    assert (row.decision, row.copy_of) == (Decision.COPY, "a")


def test_a_text_that_nobody_was_told_any_more_is_forgotten_with_it() -> None:
    index = told(("desk",))
    assert forget(index, "desk") == (1, ["a"])
    assert forget(index, "desk") == (0, [])
    assert forget(index, "nobody") == (0, [])


def test_an_index_rebuilt_from_what_is_left_knows_as_little() -> None:
    index, rows, texts = StoryIndex(), dict[str, Judgement](), dict[str, Sketch]()
    ferry, bridge = article("a", "Ferry stopped", TEXT), article("b", "Bridge gives way", BRIDGE)
    for found in (match(ferry, "desk", "other"), match(bridge, "desk")):
        outcome = tell(index, found)
        rows |= {row.key: row for row in outcome.judgements}
        assert outcome.sketch
        texts[outcome.sketch.key] = outcome.sketch
    gone = index.forget(Removal(watch="desk"))
    index.apply(gone)
    for key in gone.expired_judgements:
        del rows[key]
    for key in gone.expired_sketches:
        del texts[key]
    heir = StoryIndex()
    heir.restore(texts.values(), rows.values())
    again = match(article("c", "Ferry stopped", TEXT), "desk", "other")
    assert [row.decision for row in tell(heir, again).judgements] == [Decision.NEW, Decision.COPY]
    assert [row.decision for row in tell(index, again).judgements] == [Decision.NEW, Decision.COPY]
