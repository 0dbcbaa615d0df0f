"""An index, its rows and its redelivery, on streams that Hypothesis makes up."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import wire
from monitor.core.stories import library, rows
from monitor.core.stories.stories import Outcome, StoryIndex
from monitor.model import Decision, Judgement, Match, Sketch, WatchSettings
from tests.core.newsroom import SETTINGS, article, match, tell, unwatched
from tests.core.stories.test_stories import BRIDGE

WATCHES = ("one", "two", "three")
_SENTENCES = (
    "The bridge over the Onar at Velm was closed on Friday after a barge struck a pillar of it.",
    "Lorries are sent by way of the ferry at Sund, which crosses the river each half hour.",
    "Some {n} people stood in the queue at noon, the harbour office said.",
    "Bakers in Velm will stop work on Sunday night because talks about pay have failed again.",
    "The union said that small shops and hospitals would be served with {n} loaves all the same.",
    "A judge is to hear the owners of the mills on Saturday morning in the old town hall.",
)


@st.composite
def _matches(draw: st.DrawFn, *, repeats: int = 3) -> list[Match]:
    """A stream over some weeks in which texts recur, are cut, marked, edited and share addresses, then some repeats."""
    stream = []
    hours = 0.0
    for n in range(draw(st.integers(3, 12))):
        hours += draw(st.sampled_from([0.1, 1.0, 30.0, 100.0]))
        chosen = draw(st.lists(st.sampled_from(_SENTENCES), min_size=1, max_size=4, unique=True))
        marker = draw(st.sampled_from(["", "", "", "UPDATE 1-", "CORRECTED-", "KILL KILL KILL "]))
        number = draw(st.sampled_from(["40", "60"]))
        found = article(
            draw(st.sampled_from([f"n{n}", "fixed"])),
            marker + draw(st.sampled_from(["Bridge at Velm is shut", "Bakers of Velm to strike"])),
            " ".join(chosen).format(n=number),
            hours=hours,
            url=draw(st.sampled_from([None, "https://x.example/page"])),
            backlog=draw(st.booleans()),
            source=draw(st.sampled_from(["Velm Post", "Onar Radio"])),
        )
        watches = draw(st.lists(st.sampled_from(WATCHES), unique=True, max_size=3))
        kept = WatchSettings(channels=("desk",), window_days=draw(st.sampled_from([2.0, 7.0])))
        stream.append(match(found, *watches, settings=kept) if watches else unwatched(found))
    return [*stream, *draw(st.lists(st.sampled_from(stream), max_size=repeats))]


class _Tables:
    """The rows of a partition as the shell keeps them: bytes by key."""

    def __init__(self) -> None:
        self.sketches: dict[str, bytes] = {}
        self.judgements: dict[str, bytes] = {}

    def write(self, outcome: Outcome) -> None:
        if outcome.sketch is not None:
            self.sketches[outcome.sketch.key] = wire.encode(outcome.sketch)
        for row in outcome.judgements:
            self.judgements[row.key] = wire.encode(row)
        for key in outcome.expired_sketches:
            self.sketches.pop(key, None)
        for key in outcome.expired_judgements:
            self.judgements.pop(key, None)

    def index(self, *, turned: bool) -> StoryIndex:
        step = -1 if turned else 1
        index = StoryIndex()
        index.restore(
            [wire.decode(raw, Sketch) for raw in list(self.sketches.values())[::step]],
            [wire.decode(raw, Judgement) for raw in list(self.judgements.values())[::step]],
        )
        return index


@given(stream=_matches(), turned=st.booleans(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_an_index_rebuilt_from_its_rows_goes_on_as_the_first_would(
    stream: list[Match], turned: bool, data: st.DataObject
) -> None:
    crash = data.draw(st.integers(0, len(stream)))
    undisturbed, tables = StoryIndex(), _Tables()
    for found in stream[:crash]:
        tables.write(tell(undisturbed, found))
    rebuilt = tables.index(turned=turned)
    for found in stream[crash:]:
        one, other = tell(rebuilt, found), tell(undisturbed, found)
        for field in Outcome.__dataclass_fields__:
            assert getattr(one, field) == getattr(other, field), field


@given(stream=_matches(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_worker_that_died_half_way_through_its_rows_decides_as_if_it_had_not(
    stream: list[Match], data: st.DataObject
) -> None:
    crash = data.draw(st.integers(0, len(stream) - 1))
    undisturbed, tables = StoryIndex(), _Tables()
    for found in stream[:crash]:
        tables.write(tell(undisturbed, found))
    half = undisturbed.judge(stream[crash])
    tables.write(replace(half, judgements=half.judgements[:1], expired_judgements=(), expired_sketches=()))
    rebuilt = tables.index(turned=False)
    for found in stream[crash:]:
        assert tell(rebuilt, found).alerts == tell(undisturbed, found).alerts


@given(stream=_matches(repeats=0), data=st.data())
@settings(max_examples=30, deadline=None)
def test_repeats_change_no_alert(stream: list[Match], data: st.DataObject) -> None:
    once, often = StoryIndex(), StoryIndex()
    for n, found in enumerate(stream):
        expected = tell(once, found, n).alerts
        assert tell(often, found, n).alerts == expected
        first = data.draw(st.integers(max(0, n - 2), n))
        for place, repeat in enumerate(stream[first : n + 1], first):
            if found.article.first_seen_at - repeat.article.first_seen_at < timedelta(days=2):
                tell(often, repeat, place)


def test_what_expired_is_compacted_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "_GARBAGE", 4)
    monkeypatch.setattr(rows, "_GARBAGE", 4)
    index, twin = StoryIndex(), StoryIndex()
    short = replace(SETTINGS, window_days=1)
    for n in range(60):
        text = f"Word{n} river{n} market{n} is{n} open{n} again{n} for{n} the{n} people{n} of{n} the{n} town{n}."
        tell(index, match(article(str(n), f"Title {n}", text, hours=n * 6), settings=short))
    tell(index, match(article("x", "Bridge shut", BRIDGE, hours=360), settings=short))
    tell(twin, match(article("x", "Bridge shut", BRIDGE, hours=360), settings=short))
    copy = match(article("y", "Barge", BRIDGE, hours=361), settings=short)
    assert tell(index, copy).judgements[0].decision is tell(twin, copy).judgements[0].decision is Decision.COPY
    assert len(index._library._shelf.alive) < 20
    assert len(index._rows._alive.values) < 20
