"""What the index of a partition stands on: records, names, slips and numbers, against dictionaries and lists."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.stories import rows as rows_module
from monitor.core.stories.arena import CHUNK, Arena, Column
from monitor.core.stories.names import Names
from monitor.core.stories.rows import Rows
from monitor.core.stories.shelf import UNPACKED, Shelf
from monitor.core.stories.shingles import pack, pack_hashes, unpack_hashes
from monitor.core.stories.sketches import read, remember
from monitor.core.stories.slips import Slips
from monitor.core.stories.sorted_hashes import dump, load, room
from monitor.core.stories.stories import StoryIndex
from monitor.model import Change, Coverage, Decision, Judgement, Sketch, WatchSettings
from tests.core.newsroom import START, article, match, tell

TEXT = "The bridge over the Onar at Velm was closed on Friday after a barge struck a pillar of it, and 12 lorries wait."


def _row(watch: str, id: str = "a", *, story: str = "s", hours: float = 0) -> Judgement:
    return Judgement(
        watch=watch,
        article=id,
        revision="1",
        decision=Decision.NEW,
        told=True,
        story=story,
        reason="first of its story",
        source="Velm Post",
        title="Bridge shut",
        url="https://velm.example/bridge",
        event_at=START + timedelta(hours=hours),
    )


@given(st.lists(st.tuples(st.binary(max_size=20), st.booleans()), max_size=30))
def test_records_are_kept_as_they_are(records: list[tuple[bytes, bool]]) -> None:
    arena = Arena()
    for record, _ in records:
        arena.append(record)
    assert [arena[slot] for slot in range(len(records))] == [record for record, _ in records]
    arena.keep(np.array([kept for _, kept in records], np.bool_))
    left = [record for record, kept in records if kept]
    assert [arena[slot] for slot in range(len(left))] == left


def test_records_do_not_cross_the_end_of_a_chunk() -> None:
    arena, sizes = Arena(), [CHUNK - 3, 5, 2 * CHUNK, 1]
    for number, size in enumerate(sizes):
        arena.append(bytes([number]) * size)
    assert [arena[slot] for slot in range(4)] == [bytes([n]) * size for n, size in enumerate(sizes)]


def test_a_column_grows_and_shrinks() -> None:
    column = Column(np.int64)
    for number in range(3000):
        column.append(number)
    assert column.values.tolist() == list(range(3000))
    column.keep(column.values % 2 == 0)
    column.append(-1)
    assert column.values.tolist() == [*range(0, 3000, 2), -1]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.sets(st.integers(0, 39)))
def test_names_lead_where_a_dictionary_would(borne: list[str], dead: set[int]) -> None:
    names = Names()
    for slot, name in enumerate(borne):
        names.add("t", name, slot)
    for name in "abcdefghi":
        assert names.find("t", name) == [slot for slot, one in enumerate(borne) if one == name]
        assert names.find("u", name) == []
    living = [slot for slot in range(len(borne)) if slot not in dead]
    names.keep(np.array([living.index(slot) if slot in living else -1 for slot in range(len(borne))], np.int64))
    for name in "abcdefgh":
        assert names.find("t", name) == [new for new, slot in enumerate(living) if borne[slot] == name]


def test_names_grow() -> None:
    names = Names()
    for slot in range(5000):
        names.add("t", str(slot), slot)
    assert all(slot in names.find("t", str(slot)) for slot in range(5000))


@pytest.mark.parametrize("known", [True, False])
def test_a_slip_says_what_the_judgement_said(known: bool) -> None:
    plain = _row("desk")
    sketch = read(article("a", plain.title, TEXT, url=plain.url), START, 0).whole
    sketch = replace(sketch, source=plain.source)
    full = replace(
        plain,
        decision=Decision.UPDATE,
        reason="update of something",
        of="b",
        of_title="Barge",
        of_source="Sund Mirror",
        copy_of="b",
        coverage=Coverage(new_in_old=0.5, old_in_new=1.0),
        origin="AFP",
        changes=(Change(kind="figure", before=None, after="12 lorries"),),
        held="origins",
        settings=WatchSettings(channels=("desk",)),
        expires_at=START + timedelta(days=7, microseconds=1),
    )
    slips = Slips(lambda key: sketch if known else None)
    for row in (plain, full):
        slip = slips.write(row, sketch if known else None)
        assert slip is not None
        assert slips.read(slip) == row
    other = replace(plain, title="A headline that its text has not")
    assert slips.read(slips.write(other, sketch) or b"") == other


def test_a_judgement_of_a_newer_version_stays_what_it_is() -> None:
    rows, newer = Rows(lambda key: None), replace(_row("desk"), extra={"mood": "calm"})
    rows.add(newer, 0)
    assert rows.of_text("a|1") == {"desk": newer}


def test_a_watch_that_comes_later_is_found_at_the_same_text() -> None:
    rows = Rows(lambda key: None)
    added = [_row("one"), _row("two"), _row("one", "b"), _row("a|three")]
    for sequence, row in enumerate(added):
        rows.add(row, sequence)
    assert list(rows.of_text("a|1")) == ["one", "two", "a|three"]
    rows.drop(added[3].key)
    rows.drop(added[0].key)
    assert list(rows.of_text("a|1")) == ["two"]
    assert [row.key for row in rows.story("s")] == [added[1].key, added[2].key]


def test_numbers_are_given_anew_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_module, "_GARBAGE", 4)
    rows = Rows(lambda key: None)
    added = [_row("desk", str(n), story=f"s{n % 3}", hours=n) for n in range(40)]
    for sequence, row in enumerate(added):
        rows.add(row, sequence)
    for row in added[:30]:
        rows.drop(row.key)
    assert len(rows._alive.values) < 20
    assert [row.article for row in rows.story("s0")] == ["30", "33", "36", "39"]
    assert rows.due(START + timedelta(hours=35)) == added[30:36]


def test_a_text_is_read_again_as_it_was() -> None:
    shelf, texts = Shelf(), []
    for n in range(UNPACKED + 3):
        found = article(str(n), f"Bridge {n} shut", f"{TEXT} Word{n}.", url=None if n % 2 else "https://velm.example/b")
        texts.append(remember(read(found, START + timedelta(microseconds=n), n).whole))
        shelf.append(texts[-1])
    for slot, text in enumerate(texts):
        again = shelf[slot]
        assert _without_arrays(again.sketch) == _without_arrays(text.sketch)
        assert again.bigrams.tolist() == text.bigrams.tolist()
        assert again.terms.hashes.tolist() == text.terms.hashes.tolist()
        assert again.vocabulary.tolist() == text.vocabulary.tolist()
        assert again.terms.weights.tolist() == text.terms.weights.tolist()
    assert shelf.last_sequence == UNPACKED + 2


def test_a_text_whose_terms_are_no_words_of_its_vocabulary_is_read_again() -> None:
    whole = read(article("a", "Bridge shut", TEXT), START, 0).whole
    for text in (
        remember(replace(whole, vocabulary="")),
        remember(replace(whole, terms="", weights="", vocabulary="")),
    ):
        shelf = Shelf()
        for _ in range(UNPACKED + 1):
            shelf.append(text)
        assert shelf[0].terms.hashes.tolist() == text.terms.hashes.tolist()
        assert shelf[0].vocabulary.tolist() == []


def test_a_damaged_row_is_held_like_any_other() -> None:
    whole = read(article("a", "Bridge shut", TEXT), START, 0).whole
    turned = pack_hashes(unpack_hashes(whole.bigrams)[::-1])
    shelf = Shelf()
    for _ in range(UNPACKED + 1):
        shelf.append(remember(replace(whole, bigrams=turned, vocabulary=turned)))
    assert shelf[0].bigrams.tolist() == shelf[0].vocabulary.tolist() == unpack_hashes(whole.bigrams).tolist()


@pytest.mark.parametrize("bytes_of_weights", [2, 3, 5])
def test_damaged_terms_are_held_as_far_as_they_have_a_weight(bytes_of_weights: int) -> None:
    whole = read(article("a", "Bridge shut", TEXT), START, 0).whole
    doubled = pack_hashes(np.array([9, 4, 4], np.uint32))
    weights = pack(np.arange(1, bytes_of_weights + 1, dtype=np.uint8))
    shelf = Shelf()
    for _ in range(UNPACKED + 1):
        shelf.append(remember(replace(whole, terms=doubled, weights=weights)))
    for terms in (shelf[0].terms, shelf[UNPACKED].terms):
        assert terms.hashes.tolist() == [4, 9]
        assert terms.weights.tolist() == [2, 1]


HASHES = st.sets(st.integers(0, 2**24 - 1) | st.sampled_from([0, 0xFFFF, 0x10000, 2**24 - 1]), max_size=400)


@given(st.lists(HASHES, max_size=3))
def test_sorted_hashes_are_the_same_again(sets: list[set[int]]) -> None:
    record, at = b"".join(dump(np.array(sorted(one), np.uint32)) for one in sets), 0
    for one in sets:
        assert load(record, len(one), at).tolist() == sorted(one)
        at += room(len(one))
    assert at == len(record)


def test_sorted_hashes_take_three_quarters_of_their_three_bytes() -> None:
    assert room(382) < 0.75 * 3 * 382
    assert room(0) == 0


def _without_arrays(sketch: Sketch) -> Sketch:
    return replace(sketch, bigrams="", terms="", weights="", vocabulary="")


@pytest.mark.parametrize("length", [20, 700])
def test_every_copy_of_a_storm_is_recognised(length: int) -> None:
    index, decisions = StoryIndex(), []
    text = " ".join(f"word{n}" for n in range(length))
    for n in range(450):
        found = article(f"c{n}", "Bridge shut", text, hours=n / 1000, source=f"Outlet {n}")
        decisions += [row.decision for row in tell(index, match(found)).judgements]
    assert decisions == [Decision.NEW, *[Decision.COPY] * 449]
