"""Every noun survives the wire, whatever a newer writer adds; whatever else comes gives WireError and nothing worse."""

import dataclasses
import types
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import model, wire
from monitor.errors import UnknownVersion, WireError

ARTICLE: dict[str, Any] = {
    "v": 1,
    "kind": "article",
    "id": "a",
    "revision": "r",
    "source": "Example Post",
    "title": "Bridge reopens",
    "text": "The bridge is open again.",
    "first_seen_at": "2026-03-03T12:00:00Z",
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
INSTANTS = st.datetimes(timezones=st.just(UTC))
INTS = st.integers(-(2**53), 2**53)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | INTS | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=4,
)
SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: INTS,
    float: FLOATS,
    bool: st.booleans(),
    datetime: INSTANTS,
}
SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _values(hint: Any) -> st.SearchStrategy[Any]:
    if hint in SCALARS:
        return SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return st.deferred(lambda: _nouns(hint))
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.none() | _values(next(a for a in args if a is not type(None)))
    if origin is tuple:
        return st.lists(_values(args[0]), max_size=2).map(tuple)
    assert origin is Mapping, hint
    return st.dictionaries(TEXTS, _values(args[1]), max_size=2)


def _nouns(cls: type) -> st.SearchStrategy[Any]:
    """Nouns of this class, with fields in `extra` that the class does not have."""
    hints = get_type_hints(cls)
    fields = {name: _values(hint) for name, hint in hints.items() if name != "extra"}
    unknown = TEXTS.filter(lambda name: name not in {*hints, "v", "kind"})
    return st.builds(cls, **fields, extra=st.dictionaries(unknown, JSON, max_size=2))


KINDS = pytest.mark.parametrize("cls", wire.KINDS.values(), ids=wire.KINDS)


@KINDS
@SOME
@given(data=st.data())
def test_a_noun_comes_back_as_it_was(cls: type, data: st.DataObject) -> None:
    noun = data.draw(_nouns(cls))
    raw = wire.encode(noun)
    assert wire.decode(raw, cls) == noun
    assert wire.encode(wire.decode(raw, cls)) == raw


@KINDS
@SOME
@given(noise=JSON, at=st.integers(0, 30), data=st.data())
def test_a_field_of_a_wrong_kind_gives_nothing_but_a_wire_error(
    cls: type, noise: Any, at: int, data: st.DataObject
) -> None:
    fields = orjson.loads(wire.encode(data.draw(_nouns(cls))))
    names = [name for name in fields if name not in {"v", "kind"}]
    fields[names[at % len(names)]] = noise
    with suppress(WireError):
        assert isinstance(wire.decode(orjson.dumps(fields), cls), cls)


@SOME
@given(raw=st.binary(max_size=200) | JSON.map(orjson.dumps))
def test_garbage_is_refused(raw: bytes) -> None:
    with pytest.raises(WireError):
        wire.decode(raw, model.Article)


@SOME
@given(value=JSON)
@pytest.mark.parametrize("name", ["v", "kind"])
def test_an_envelope_of_another_kind_is_refused(name: str, value: Any) -> None:
    fields = {**ARTICLE, name: value}
    if fields == ARTICLE and type(value) is type(ARTICLE[name]):
        return
    with pytest.raises(WireError):
        wire.decode(orjson.dumps(fields), model.Article)


def _with(**fields: Any) -> bytes:
    return orjson.dumps({**ARTICLE, **fields})


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"null", "NoneType, not an object"),
        (b"[]", "list, not an object"),
        (b'"text"', "str, not an object"),
        (b"{}", "no version"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "no JSON"),
        (_with()[:-1], "no JSON"),
        (_with(v=True), "no version"),
        (_with(v="1"), "no version"),
        (_with(kind="podcast"), "expected a record of kind 'article', found 'podcast'"),
        (_with(kind="alert"), "expected a record of kind 'article', found 'alert'"),
        (_with(id=None), "article.id: expected a text, found None"),
        (_with(id=7), "article.id: expected a text, found 7"),
        (_with(edited="yes"), "article.edited: expected true or false, found 'yes'"),
        (_with(first_seen_at="soon"), "article.first_seen_at: expected an instant"),
        (_with(first_seen_at=7), "article.first_seen_at: expected an instant"),
        (_with(first_seen_at="2026-03-03T12:00:00"), "article.first_seen_at: expected an instant with its time zone"),
        (_with(first_seen_at="0001-01-01T00:00:00+12:00"), "article.first_seen_at: expected an instant"),
        (orjson.dumps({k: v for k, v in ARTICLE.items() if k not in {"title", "text"}}), "article lacks text, title"),
    ],
)
def test_what_is_wrong_is_said(raw: bytes | None, says: str) -> None:
    with pytest.raises(WireError) as caught:
        wire.decode(raw, model.Article)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300


def test_the_place_of_a_fault_inside_is_said() -> None:
    raw = orjson.dumps({"v": 1, "kind": "match", "article": {**ARTICLE, "text": []}, "watches": []})
    with pytest.raises(WireError, match=r"match\.article\.text: expected a text, found \[\]"):
        wire.decode(raw, model.Match)


@pytest.mark.parametrize("version", [0, 2, 10**9])
def test_an_unknown_version_is_refused_as_such(version: int) -> None:
    with pytest.raises(UnknownVersion, match=f"version {version}, this program reads 1"):
        wire.decode(_with(v=version), model.Article)


def test_fields_of_a_newer_writer_survive_at_every_depth() -> None:
    raw = orjson.dumps(
        {
            "v": 1,
            "kind": "match",
            "article": {**{k: v for k, v in ARTICLE.items() if k not in {"v", "kind"}}, "mood": {"calm": 0.5}},
            "hits": [{"field": "text", "start": 4, "end": 10, "text": "bridge", "what": "bridge", "weight": 2}],
            "watches": [{"watch": "w", "version": "x", "hits": [0], "settings": {"tone": "low"}, "rank": [1, None]}],
            "shard": 3,
        }
    )
    match = wire.decode(raw, model.Match)
    assert match.extra == {"shard": 3}
    again = orjson.loads(wire.encode(match))
    assert again["shard"] == 3
    assert again["article"]["mood"] == {"calm": 0.5}
    assert again["hits"][0]["weight"] == 2
    assert again["watches"][0]["rank"] == [1, None]
    assert again["watches"][0]["settings"]["tone"] == "low"


def test_instants_are_written_in_utc() -> None:
    article = wire.decode(_with(first_seen_at="2026-03-03T14:00:00+02:00"), model.Article)
    assert article.first_seen_at == datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert orjson.loads(wire.encode(article))["first_seen_at"] == "2026-03-03T12:00:00Z"


def test_what_is_no_unicode_cannot_be_written() -> None:
    article = dataclasses.replace(wire.decode(_with(), model.Article), title="half \ud83d")
    with pytest.raises(WireError, match="this article cannot be written"):
        wire.encode(article)


def test_an_endless_nesting_cannot_be_written() -> None:
    deep: Any = 1
    for _ in range(2_000):
        deep = [deep]
    article = dataclasses.replace(wire.decode(_with(), model.Article), extra={"deep": deep})
    with pytest.raises(WireError, match="this article cannot be written"):
        wire.encode(article)


def test_a_line_for_people_has_no_envelope() -> None:
    hit = model.Hit(field=model.Field.TITLE, start=0, end=6, text="Bridge", what="bridge")
    line = b'{"field":"title","start":0,"end":6,"text":"Bridge","what":"bridge"}'
    assert wire.plain(hit) == line
