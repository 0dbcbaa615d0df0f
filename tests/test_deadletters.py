"""Dead letters to records and back: whole where a broker takes it, cut and saying so where not."""

import dataclasses
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import deadletters
from monitor.deadletters import ATTEMPTS, Header, Replayed
from monitor.errors import WireError
from monitor.model import DeadLetter
from monitor.topics import MAX_BATCH_BYTES

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Record:
    """A record as a consumer hands it out."""

    key: bytes | None
    value: bytes | None
    headers: list[Header] = field(default_factory=list)
    topic: str = "news.articles"
    partition: int = 2
    offset: int = 40


def letter(value: bytes | None = b"{", key: bytes | None = b"k", headers: tuple[Header, ...] = ()) -> DeadLetter:
    record = Record(key, value, list(headers))
    return deadletters.letter_of(record, stage="match", error="WireError: the record is no JSON", failed_at=NOON)


def there_and_back(one: DeadLetter) -> DeadLetter:
    found = deadletters.decode(Record(*deadletters.encode(one)))
    assert isinstance(found, DeadLetter)
    return found


def test_headers_say_where_from_and_why() -> None:
    key, value, headers = deadletters.encode(letter(headers=(("trace", b"\x01"),)))
    assert (key, value) == (b"k", b"{")
    assert dict(headers) == {
        "stage": b"match",
        "error": b"WireError: the record is no JSON",
        "topic": b"news.articles",
        "partition": b"2",
        "offset": b"40",
        "failed_at": b"2026-03-03T12:00:00+00:00",
        "size": b"1",
        "digest": deadletters.digest(b"{").encode(),
        "attempts": b"1",
        "original.trace": b"\x01",
    }


@given(
    value=st.none() | st.binary(max_size=200),
    key=st.none() | st.binary(max_size=50),
    headers=st.lists(st.tuples(st.text(max_size=10).filter(lambda name: name != ATTEMPTS), st.binary(max_size=20))),
    error=st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
)
def test_a_letter_survives_the_way_there_and_back(
    value: bytes | None, key: bytes | None, headers: list[Header], error: str
) -> None:
    one = dataclasses.replace(letter(value, key, _sound(headers)), error=error)
    assert there_and_back(one) == one


def _sound(headers: list[Header]) -> tuple[Header, ...]:
    return tuple((name.encode(errors="replace").decode(), value) for name, value in headers)


@pytest.mark.parametrize(
    ("value", "key", "headers", "cut"),
    [
        (MAX_BATCH_BYTES - 1000, 10, 0, ()),
        (MAX_BATCH_BYTES, 10, 0, ("value",)),
        (10_000_000, 10, 0, ("value",)),
        (900_000, 140_000, 10_000, ("value",)),
        (100, 2_000_000, 0, ("key", "value")),
        (100, 100, 2_000_000, ("headers", "key", "value")),
    ],
)
def test_only_what_a_broker_does_not_take_is_cut(value: int, key: int, headers: int, cut: tuple[str, ...]) -> None:
    whole = b"v" * value
    one = letter(whole, b"k" * key, (("big", b"h" * headers),) if headers else ())
    found_key, found_value, found_headers = deadletters.encode(one)
    taken = len(found_key or b"") + len(found_value) + sum(len(n) + len(v) + 10 for n, v in found_headers)
    assert taken + 200 <= MAX_BATCH_BYTES
    found = there_and_back(one)
    assert found.cut == cut
    assert (found.size_bytes, found.digest) == (value, deadletters.digest(whole))
    assert whole.startswith(found.value or b"")
    if cut == ("value",):
        assert taken > MAX_BATCH_BYTES - 1000  # as much as fits


def test_a_long_error_is_shortened() -> None:
    assert len(there_and_back(dataclasses.replace(letter(), error="é" * 9000)).error) == 2000


def test_an_error_with_half_a_character_can_be_written() -> None:
    assert there_and_back(dataclasses.replace(letter(), error="bad \ud800")).error == "bad ?"


@pytest.mark.parametrize(("key", "value"), [(None, b"x"), (b"k", None), (b"", b""), (b"k", b"")])
def test_it_goes_back_as_it_came_with_one_more_attempt(key: bytes | None, value: bytes | None) -> None:
    one = there_and_back(letter(value, key, (("trace", b"\x01"), (ATTEMPTS, b"2"))))
    assert one.attempts == 3
    assert deadletters.original(one) == (key, value, [("trace", b"\x01"), (ATTEMPTS, b"3")])


@pytest.mark.parametrize("written", [None, b"", b"-4", b"many", b"9" * 400])
def test_an_attempts_header_of_someone_else_counts_as_none(written: Any) -> None:
    assert letter(headers=((ATTEMPTS, written),)).attempts == 1


def test_what_is_not_whole_does_not_go_back() -> None:
    with pytest.raises(WireError, match="value cut; the value had 3000000 bytes"):
        deadletters.original(there_and_back(letter(b"x" * 3_000_000)))
    with pytest.raises(WireError, match="neither key nor value"):
        deadletters.original(there_and_back(letter(None, None)))


def test_a_note_of_a_replay_survives_the_way_there_and_back() -> None:
    note = Replayed(letter="0:12", at=NOON)
    assert deadletters.decode(Record(*deadletters.encode_replayed(note))) == note


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stage": None}, "no header 'stage'"),
        ({"offset": b"twelve"}, "invalid literal"),
        ({"failed_at": b"yesterday"}, "isoformat"),
        ({"failed_at": b"2026-03-03T12:00:00"}, "no time zone"),
        ({"replayed": b"0:1"}, "no header 'replayed_at'"),
    ],
)
def test_a_record_that_is_no_letter_is_refused(change: dict[str, bytes | None], said: str) -> None:
    key, value, headers = deadletters.encode(letter())
    changed = {**dict(headers), **change}
    with pytest.raises(WireError, match=said):
        deadletters.decode(Record(key, value, [(name, text) for name, text in changed.items() if text is not None]))
