"""A set that was changed answers as one that is compiled anew, and costs what the changes do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.matching import watches as module
from monitor.core.matching.explain import explain
from monitor.core.matching.grammar import parse
from monitor.core.matching.matches import match
from monitor.core.matching.query import Node
from monitor.core.matching.watches import WatchSet, compile_watches
from monitor.errors import QueryError
from monitor.model import Watch
from tests.core.gazetteer import SmallGazetteer
from tests.core.reading import CONCEPTS, article

GAZETTEER = SmallGazetteer()
QUERIES = (
    "raqqa",
    "raqqa AND siege",
    "place:Raqqa AND concept:siege",
    "place:Syria",
    "siege NEAR/3 place:Raqqa",
    "NOT siege",
    '"safe passage" OR idlib',
    "concept:evacuation NOT title:siege",
)
IDS = st.sampled_from("abcdef")
CHANGE = st.tuples(st.dictionaries(IDS, st.sampled_from(QUERIES), max_size=3), st.sets(IDS, max_size=2))
ARTICLES = (
    article("The siege of Raqqa went on in Raqqa."),
    article("Safe passage was given.", "Siege of Idlib"),
    article("People were evacuated from Raqa."),
)


def watch(name: str, query: str) -> Watch:
    return Watch(id=name, query=query, allow_all=True)


def answers(watches: WatchSet) -> list[list[tuple[str, str, list[tuple[str, int, str]]]]]:
    return [
        [
            (
                one.watch,
                one.record.version,
                [(h.field.value, h.start, h.what) for h in (found.hits[n] for n in one.hits)],
            )
            for one in found.watches
        ]
        for found in (match(read, watches) for read in ARTICLES)
    ]


@settings(deadline=None)
@given(st.lists(CHANGE, max_size=6), st.integers(1, 4), st.booleans())
def test_a_changed_set_answers_as_one_compiled_anew(
    changes: list[tuple[dict[str, str], set[str]]], small: int, merge: bool
) -> None:
    kept = {"a": "raqqa", "b": "place:Raqqa", "c": "siege OR idlib"}
    changed = compile_watches([watch(*one) for one in kept.items()], GAZETTEER, CONCEPTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SMALL", small)
        for added, removed in changes:
            changed = changed.with_changes([watch(*one) for one in added.items()], removed)
            kept = {name: query for name, query in kept.items() if name not in {*added, *removed}} | added
    if merge:
        changed = changed.merged()
    anew = compile_watches([watch(*one) for one in kept.items()], GAZETTEER, CONCEPTS)
    assert answers(changed) == answers(anew)
    assert [one.watch for one in changed.watches] == [one.watch for one in anew.watches]
    assert changed.count == len(changed.watches)
    assert [e.satisfied for e in explain(ARTICLES[0], changed)] == [e.satisfied for e in explain(ARTICLES[0], anew)]


def test_a_change_leaves_the_set_before_it_as_it_was() -> None:
    before = compile_watches([watch("a", "raqqa")], None, {})
    told = answers(before)
    after = before.with_changes([watch("a", "idlib"), watch("b", "siege")], ["c"])
    assert answers(before) == told
    assert [one.watch.query for one in after.watches] == ["idlib", "siege"]


def test_small_changes_share_a_layer_and_never_touch_the_large_one() -> None:
    start = compile_watches([watch(f"w{number}", "raqqa") for number in range(100)], None, {})
    changed = start
    for number in range(5):
        changed = changed.with_changes([watch(f"new{number}", "siege")], [f"w{number}"])
    assert [len(layer.watches) for layer, _ in changed.layers] == [100, 5]
    assert changed.layers[0][0] is start.layers[0][0]
    assert len(changed.merged().layers) == 1
    assert len(changed.watches) == len(changed.merged().watches) == 100


def test_a_bad_change_is_named_and_changes_nothing() -> None:
    start = compile_watches([watch("a", "raqqa")], None, {})
    with pytest.raises(QueryError, match="watch 'b': the query ends"):
        start.with_changes([watch("b", "siege AND")], ["a"])
    with pytest.raises(QueryError, match="watch 'b': there is no concept"):
        start.with_changes([watch("b", "concept:none")], ["a"])
    assert [one.watch.id for one in start.watches] == ["a"]


def test_what_was_parsed_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    start = compile_watches([watch("a", "raqqa"), watch("b", "siege")], None, {})
    parsed: list[str] = []

    def counting(query: str) -> Node:
        parsed.append(query)
        return parse(query)

    monkeypatch.setattr(module, "parse", counting)
    again = compile_watches([watch("a", "raqqa"), watch("c", "siege"), watch("d", "idlib")], None, {}, before=start)
    assert parsed == ["idlib"]
    assert answers(again) == answers(compile_watches([one.watch for one in again.watches], None, {}))
