"""What holds of every noun."""

import dataclasses
import typing
from typing import Any

import pytest

from monitor import model, wire

NOUNS = [cls for cls in vars(model).values() if dataclasses.is_dataclass(cls) and isinstance(cls, type)]
PARAMS = pytest.mark.parametrize("cls", NOUNS, ids=[cls.__name__ for cls in NOUNS])


@PARAMS
def test_a_noun_is_frozen_slotted_and_named_by_keyword(cls: Any) -> None:
    params = cls.__dataclass_params__
    assert params.frozen
    assert "__slots__" in vars(cls)
    assert all(field.kw_only for field in dataclasses.fields(cls))


@PARAMS
def test_a_noun_says_what_it_is(cls: type) -> None:
    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")


def _inside(hint: Any) -> set[type]:
    if hint in NOUNS:
        return {hint, *(noun for inner in typing.get_type_hints(hint).values() for noun in _inside(inner))}
    return {noun for arg in typing.get_args(hint) for noun in _inside(arg)}


def test_what_travels_keeps_the_fields_of_newer_writers() -> None:
    travelling = {noun for cls in wire.KINDS.values() for noun in _inside(cls)}
    assert {model.Article, model.Hit, model.WatchSettings, model.Coverage} <= travelling
    assert [cls.__name__ for cls in travelling if "extra" not in {f.name for f in dataclasses.fields(cls)}] == []


def test_a_watch_tells_all_but_copies_unless_it_says_otherwise() -> None:
    assert set(model.Decision) - set(model.WatchSettings().alert_on) == {model.Decision.COPY}


def test_fields_of_newer_writers_are_no_hindrance_to_hashing() -> None:
    hit = model.Hit(field=model.Field.TEXT, start=0, end=1, text="a", what="a", extra={"weight": [1]})
    assert len({hit, dataclasses.replace(hit)}) == 1


def test_a_noun_cannot_be_changed() -> None:
    watch: Any = model.Watch(id="a", query="b")
    with pytest.raises(dataclasses.FrozenInstanceError):
        watch.query = "c"
