"""What news.watches says, and what an apply changes in it."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import wire
from monitor.model import Concept, Home, OwnPlace, Watch
from monitor.watchfile import WatchFile
from monitor.watchlist import Saved, Watchlist, changes, key_of, saved_of

NAMES = st.sampled_from(["a", "b", "c", "d|e"])
NOUNS: st.SearchStrategy[Saved] = st.one_of(
    st.builds(Watch, id=NAMES, query=st.sampled_from(["x", "y"])),
    st.builds(OwnPlace, name=NAMES, spellings=st.sampled_from([(), ("z",)])),
    st.builds(Concept, name=NAMES, wordings=st.sampled_from([("x",), ("y",)])),
    st.builds(Home, outlet=NAMES, place=st.sampled_from(["Ohio", "Homs"])),
)
LISTS = st.lists(NOUNS, max_size=6).map(lambda nouns: {key_of(noun): noun for noun in nouns})


@dataclass
class Record:
    key: bytes | None
    value: bytes | None
    offset: int = 0
    topic: str = "news.watches"
    partition: int = 0
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def taken(*pairs: tuple[str, bytes | None], held: Watchlist | None = None) -> Watchlist:
    held = held or Watchlist()
    for key, value in pairs:
        held.take(Record(key.encode(), value, held.offset + 1))
    return held


@given(before=LISTS, wanted=LISTS)
def test_what_is_written_makes_the_topic_say_what_is_wanted(before: dict[str, Saved], wanted: dict[str, Saved]) -> None:
    held = taken(*changes({}, before).records())
    made = changes(held.saved, wanted)
    records = list(made.records())
    assert taken(*records, held=held).saved == wanted
    assert len(records) == len(made.added) + len(made.changed) + len(made.removed)
    assert made.unchanged + len(made.added) + len(made.changed) == len(wanted)
    assert not list(changes(held.saved, wanted).records())


@given(before=LISTS, wanted=LISTS)
def test_watches_come_after_what_they_need_and_go_before_it(before: dict[str, Saved], wanted: dict[str, Saved]) -> None:
    records = list(changes(before, wanted).records())
    written = [key.startswith("watch|") for key, value in records if value is not None]
    removed = [not key.startswith("watch|") for key, value in records if value is None]
    assert written == sorted(written)
    assert removed == sorted(removed)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("watch|a", b"garbage", "the record is no JSON"),
        ("watch|a", b"", "the record is empty"),
        ("watch|a", wire.encode(Watch(id="b", query="x")), "is not that of what it holds, 'watch|b'"),
        ("watch|a", b'{"v":1,"kind":"article"}', "expected a record of kind 'watch' or 'place' or 'concept'"),
        ("watch|a", b'{"v":9,"kind":"watch"}', "version 9"),
    ],
)
def test_damage_leaves_what_was_there_and_is_told_until_it_is_mended(key: str, value: bytes, says: str) -> None:
    good = ("watch|a", wire.encode(Watch(id="a", query="x")))
    held = taken(good, (key, value))
    assert held.watches == (Watch(id="a", query="x"),)
    assert says in held.damaged[key]
    assert held.offset == 1
    assert not taken((key, None), held=held).damaged


def test_a_record_without_a_key_is_damage() -> None:
    held = Watchlist()
    assert held.take(Record(None, wire.encode(Watch(id="a", query="x")))) is None
    assert held.damaged


def test_a_file_says_watches_places_and_concepts() -> None:
    file = WatchFile.model_validate(
        {
            "watches": [{"id": "w", "query": "x", "channels": ["desk"], "window_days": 3}],
            "places": [{"name": "Tell Amun", "lat": 1.5, "lon": 2.5}],
            "concepts": {"checkpoint": ["road block"]},
        }
    )
    held = taken(*changes({}, saved_of(file)).records())
    assert [watch.settings.window_days for watch in held.watches] == [3]
    assert [(place.name, place.lat) for place in held.places] == [("Tell Amun", 1.5)]
    assert held.concepts == {"checkpoint": ("road block",)}
    assert changes({}, saved_of(file)).removed_watches == []
    assert changes(held.saved, {}).removed_watches == ["w"]


def test_what_says_the_same_again_changes_nothing() -> None:
    record = Record(b"watch|a", wire.encode(Watch(id="a", query="x")))
    held = Watchlist()
    assert held.take(record) == "watch|a"
    assert held.take(record) is None
    assert held.copy().saved == held.saved
