"""Compiling watches: what is refused and what it is told, what a watch requires, and under what it is filed."""

import pytest

from monitor.core.matching.clauses import Clause, clauses, plain
from monitor.core.matching.grammar import parse
from monitor.core.matching.page import Page
from monitor.core.matching.reading import Reading
from monitor.core.matching.watches import (
    WatchSet,
    check_watch,
    compile_watches,
    length_frequency,
    needs_places,
    watch_version,
)
from monitor.errors import QueryError
from monitor.model import Decision, Watch, WatchSettings
from tests.core.gazetteer import RAQQA, SYRIA, SmallGazetteer
from tests.core.reading import CONCEPTS, article

GAZETTEER = SmallGazetteer()


def watch(query: str, id: str = "w", *, allow_all: bool = False) -> Watch:
    return Watch(id=id, query=query, allow_all=allow_all)


@pytest.mark.parametrize(
    ("query", "column", "words"),
    [
        ("a AND place:Raqqq", 13, "there is no place 'Raqqq'; the nearest are Raqqa, Raqa"),
        ("place:Xyzzy", 7, "there is no place 'Xyzzy'"),
        ("concept:evacuations", 9, "there is no concept 'evacuations'; the nearest are evacuation"),
        ("concept:zzz", 9, "the nearest are empty, evacuation, siege, torn"),
        ("concept:empty", 9, "has no wordings"),
        ("concept:torn", 9, "concept:torn: 'let*ting': * may only end a word"),
        ("a --", 3, "no letters or digits"),
        ("NOT a", 1, "could match every article"),
        ("a OR NOT b", 1, "could match every article"),
        ("a AND", 6, "ends where"),
    ],
)
def test_a_bad_watch_is_told_what_is_wrong_and_where(query: str, column: int, words: str) -> None:
    concepts = {**CONCEPTS, "empty": (), "torn": ("let*ting",)}
    error = check_watch(watch(query), GAZETTEER, concepts)
    assert error is not None
    assert words in error.message
    assert (error.line, error.column) == (1, column)


def test_a_good_watch_has_no_error() -> None:
    assert check_watch(watch("place:Raqqa AND (concept:siege OR 'SDF') NOT title:opinion"), GAZETTEER, CONCEPTS) is None


def test_places_need_a_gazetteer() -> None:
    error = check_watch(watch("place:Raqqa"), None, {})
    assert error is not None
    assert "no gazetteer" in error.message
    assert check_watch(watch("raqqa"), None, {}) is None


def test_allow_all_accepts_what_could_match_everything() -> None:
    assert check_watch(watch("NOT a", allow_all=True), None, {}) is None


def test_the_set_names_the_first_bad_watch() -> None:
    with pytest.raises(QueryError, match="watch 'second': the query ends"):
        compile_watches([watch("a", "first"), watch("a AND", "second"), watch("OR", "third")], None, {})


@pytest.mark.parametrize(
    ("query", "required"),
    [
        ("a", [{"a"}]),
        ("a b", [{"a"}, {"b"}]),
        ("a OR b", [{"a", "b"}]),
        ("a OR NOT b", []),
        ("NOT a", []),
        ("a AND NOT b", [{"a"}]),
        ("NOT (NOT a OR NOT b)", [{"a"}, {"b"}]),
        ("NOT (NOT a AND NOT b)", [{"a", "b"}]),
        ("(a AND longer) OR (b AND evenlonger)", [{"longer", "evenlonger"}]),
        ("(a AND place:Raqqa) OR (b AND place:Idlib)", [{"a", "b"}, {"place:Raqqa", "place:Idlib"}]),
        ("a OR place:Raqqa", [{"a", "place:Raqqa"}]),
        ("a NEAR/3 b", [{"a"}, {"b"}]),
    ],
)
def test_what_a_query_requires(query: str, required: list[set[str]]) -> None:
    def weight(clause: Clause) -> float:
        return sum(1 / len(str(leaf)) for leaf in clause)

    assert [{str(leaf) for leaf in clause} for clause in clauses(plain(parse(query)), weight)] == required


def candidates(queries: list[str], text: str) -> list[str]:
    watches = compile_watches([watch(query, query, allow_all=True) for query in queries], GAZETTEER, CONCEPTS)
    return [
        watches.watches[number].watch.id
        for number in sorted(n if n >= 0 else ~n for n in reading(text, watches).candidates())
    ]


def reading(text: str, watches: WatchSet) -> Reading:
    ((layer, _),) = watches.layers
    return Reading(Page(article(text), watches.gazetteer), layer)


def test_only_watches_whose_rarest_words_are_there_are_candidates() -> None:
    queries = [
        "the AND checkpoint",
        "the",
        "the OR checkpoint",
        "NOT the",
        '"the end" AND checkpoint',
        '"the … checkpoint"',
    ]
    assert candidates(queries, "the market") == ["the", "the OR checkpoint", "NOT the"]


def test_a_place_narrows_the_candidates_of_a_concept() -> None:
    queries = ["place:Raqqa AND concept:siege", "place:Idlib AND concept:siege", "place:Syria AND concept:siege"]
    assert candidates(queries, "The siege of Raqqa went on.") == [queries[0], queries[2]]
    assert candidates(queries, "The market of Raqqa is open.") == []


def test_a_watch_of_words_or_places_is_found_by_either() -> None:
    queries = ["checkpoint OR place:Raqqa", "place:Raqqa", "place:Raqqa OR place:Idlib", "place:Raqqa NEAR/3 siege"]
    assert candidates(queries, "He left Raqqa on Monday.") == queries[:3]
    assert candidates(queries, "A checkpoint.") == queries[:1]
    assert candidates(queries, "A siege of Idlib.") == queries[2:3]


def test_of_two_places_both_must_be_there() -> None:
    queries = ["place:Raqqa AND place:Idlib", "place:Raqqa AND title:place:Idlib", "place:Raqqa AND checkpoint"]
    assert candidates(queries, "From Raqqa to Idlib.") == queries[:1]
    assert candidates(queries, "From Raqqa, by a checkpoint.") == queries[2:]


def test_what_spoils_a_watch_of_two_words_leaves_it_no_candidate() -> None:
    queries = ["siege AND checkpoint NOT oud", "siege AND checkpoint NOT 'SDF'", "siege AND checkpoint NOT (oud OR a)"]
    assert candidates(queries, "A siege, a checkpoint, an oud.") == queries[1:]
    assert reading("A siege, a checkpoint, the SDF.", compiled(queries)).satisfied() == [0]


def test_asked_twice_it_says_the_same() -> None:
    shouting = reading("tell us more", compiled(["US"]))
    assert shouting.candidates() == set()
    assert shouting.satisfied() == []


def compiled(queries: list[str]) -> WatchSet:
    return compile_watches([watch(query, query) for query in queries], GAZETTEER, CONCEPTS)


def test_frequencies_choose_the_key() -> None:
    watches = [watch("evacuation AND oud")]
    common = compile_watches(watches, None, {}, lambda words: 0.5 if words == "evacuation" else 0.001)
    assert reading("An evacuation", common).satisfied() == []
    assert reading("An oud", common).candidates() == set()
    assert length_frequency("evacuation") < length_frequency("oud")


def test_places_are_looked_up_only_where_queries_speak_of_them() -> None:
    assert needs_places([watch("a"), watch("title:(b OR place:Raqqa)")])
    assert needs_places([watch("place:Raqqa NEAR/2 a")])
    assert not needs_places([watch("a"), watch('"place: Raqqa"'), watch("place:Raqqa AND")])


def test_the_version_follows_query_and_settings() -> None:
    plain = Watch(id="w", query="a")
    same = Watch(id="other", query="a", settings=WatchSettings(window_days=7.0))
    others = [
        Watch(id="w", query="b"),
        Watch(id="w", query="a", allow_all=True),
        *(
            Watch(id="w", query="a", settings=settings)
            for settings in (
                WatchSettings(channels=("desk",)),
                WatchSettings(alert_on=(Decision.NEW,)),
                WatchSettings(window_days=3),
                WatchSettings(origins=2),
                WatchSettings(backlog=True),
                WatchSettings(extra={"newer": 1}),
            )
        ),
    ]
    assert watch_version(plain) == watch_version(same)
    assert len({watch_version(plain), *map(watch_version, others)}) == len(others) + 1


def test_the_set_knows_which_place_a_name_means() -> None:
    watches = compile_watches([watch("place:Raqa place:Syria")], GAZETTEER, {})
    assert list(watches.places.values()) == [RAQQA, SYRIA]
