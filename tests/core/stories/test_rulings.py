"""What a person rules holds from then on, for later copies, after a rebuild, and when the ruling comes again."""

from datetime import UTC, datetime

import pytest

from monitor.core.stories.rulings import merge, split
from monitor.core.stories.stories import Outcome, StoryIndex
from monitor.model import Decision, Judgement, Ruling, RulingKind, Sketch
from tests.core.newsroom import article, match, tell

NOW = datetime(2026, 3, 4, tzinfo=UTC)
FIRE = (
    "A fire broke out on Tuesday evening in the covered market of Tell Amun and burned until midnight, the fire brigade"
    " said. Eleven stalls were destroyed, nobody was hurt, and the police are looking for the cause in a kitchen."
)
REPORT = (
    "Eleven stalls burned in the covered market of Tell Amun on Tuesday evening. The fire brigade fought the fire until"
    " midnight; traders blamed old cables, while police asked about a kitchen. Nobody was hurt in the market fire."
)
BRIDGE = (
    "A lorry with sixty tons of gravel broke through the old bridge over the Sarn on Monday; its driver swam ashore."
)


class Desk:
    """An index, and the rows and sketches that its tables would hold."""

    def __init__(self) -> None:
        self.index, self.rows, self.texts = StoryIndex(), dict[str, Judgement](), dict[str, Sketch]()

    def keep(self, outcome: Outcome) -> Outcome:
        self.rows |= {row.key: row for row in (*outcome.judgements, *outcome.rewritten)}
        if outcome.sketch:
            self.texts[outcome.sketch.key] = outcome.sketch
        return outcome

    def tell(self, id: str, text: str, hours: float = 0, source: str = "Levant Wire") -> Judgement:
        title = " ".join(text.split()[:6])
        (row,) = self.keep(tell(self.index, match(article(id, title, text, hours=hours, source=source)))).judgements
        return row

    def rule(self, ruling: Ruling) -> list[str]:
        outcome = self.keep(self.index.rule(ruling))
        self.index.apply(outcome)
        return [row.article for row in outcome.rewritten]

    def story(self, id: str) -> str:
        return next(row.story for row in self.rows.values() if row.article == id)

    def rebuilt(self) -> "Desk":
        self.index = StoryIndex()
        self.index.restore(self.texts.values(), self.rows.values())
        return self


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    assert desk.tell("fire", FIRE).decision is Decision.NEW
    assert desk.tell("report", REPORT, 1, "Harbour Post").decision in {Decision.REPORT, Decision.UPDATE}
    assert desk.tell("bridge", BRIDGE, 2).decision is Decision.NEW
    assert desk.story("report") == desk.story("fire") != desk.story("bridge")
    return desk


def test_an_article_that_is_split_off_takes_its_later_copies_along(desk: Desk) -> None:
    before = desk.rows["desk|report|" + next(r.revision for r in desk.rows.values() if r.article == "report")]
    assert desk.rule(split(before, "report", NOW)) == ["report"]
    assert desk.story("report") != desk.story("fire")
    copy = desk.tell("copy", REPORT, 3, "Example Post")
    assert (copy.decision, copy.story) == (Decision.COPY, desk.story("report"))
    assert copy.ruling
    assert copy.ruling[:12] in copy.reason
    assert desk.tell("other", FIRE, 4, "Other Post").story == desk.story("fire")


def test_copies_that_are_there_go_with_it(desk: Desk) -> None:
    desk.tell("copy", REPORT, 3, "Example Post")
    row = next(r for r in desk.rows.values() if r.article == "report")
    assert desk.rule(split(row, "report", NOW)) == ["report", "copy"]
    assert desk.story("copy") == desk.story("report")


def test_a_story_that_is_merged_goes_on_in_the_other(desk: Desk) -> None:
    row = next(r for r in desk.rows.values() if r.article == "bridge")
    assert desk.rule(merge(row, desk.story("fire"), NOW)) == ["bridge"]
    copy = desk.tell("copy", BRIDGE, 3, "Example Post")
    assert (copy.decision, copy.story) == (Decision.COPY, desk.story("fire"))
    assert copy.ruling


@pytest.mark.parametrize("kind", ["split", "merge"])
def test_it_holds_after_a_rebuild_and_the_same_again_changes_nothing(desk: Desk, kind: str) -> None:
    row = next(r for r in desk.rows.values() if r.article == ("report" if kind == "split" else "bridge"))
    ruling = split(row, "report", NOW) if kind == "split" else merge(row, desk.story("fire"), NOW)
    desk.rule(ruling)
    held = dict(desk.rows)
    desk.rebuilt()
    assert desk.rule(ruling) == []
    assert desk.rows == held
    text = REPORT if kind == "split" else BRIDGE
    copy = desk.tell("copy", text, 3, "Example Post")
    assert copy.story == desk.story("report" if kind == "split" else "fire")


def test_one_that_was_written_by_half_is_finished_by_the_same_again(desk: Desk) -> None:
    desk.tell("copy", REPORT, 3, "Example Post")
    row = next(r for r in desk.rows.values() if r.article == "report")
    ruling = split(row, "report", NOW)
    first, *_ = desk.index.rule(ruling).rewritten
    desk.rows[first.key] = first
    desk.rebuilt()
    assert desk.rule(ruling) == ["copy"]
    assert desk.story("copy") == desk.story("report")


def test_the_same_ruling_has_the_same_id_whenever_it_is_made(desk: Desk) -> None:
    row = next(iter(desk.rows.values()))
    assert split(row, "a", NOW).id == split(row, "a", datetime(2027, 1, 1, tzinfo=UTC)).id
    assert len({split(row, "a", NOW).id, split(row, "b", NOW).id, merge(row, "a", NOW).id}) == 3


def test_a_ruling_on_what_nobody_knows_changes_nothing() -> None:
    desk = Desk()
    assert desk.rule(Ruling(id="r", action=RulingKind.MERGE, watch="desk", story="none", into="x")) == []
