"""Nouns ↔ bytes: JSON objects with a version and a kind; unknown fields survive, unknown versions are refused.

::

    {"v": 1, "kind": "article", "id": "…", "title": "…", …}
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from monitor import model
from monitor.errors import UnknownVersion, WireError

VERSION = 1

KINDS: dict[str, type] = {
    "article": model.Article,
    "match": model.Match,
    "alert": model.Alert,
    "delivery": model.Delivery,
    "suppressed": model.Suppressed,
    "judgement": model.Judgement,
    "sketch": model.Sketch,
    "watch": model.Watch,
    "place": model.OwnPlace,
    "concept": model.Concept,
    "home": model.Home,
    "removal": model.Removal,
    "ruling": model.Ruling,
    "feed_state": model.FeedState,
}
_KIND_OF = {cls: kind for kind, cls in KINDS.items()}

T = TypeVar("T")
Decoder = Callable[[Any, str], Any]


def encode(noun: object) -> bytes:
    """Bytes of a noun that travels. Raises WireError where a text in it is no valid Unicode."""
    kind = _KIND_OF[type(noun)]
    try:
        return orjson.dumps({"v": VERSION, "kind": kind, **_as_dict(noun)}, _plain, _OPTIONS)
    except (TypeError, RecursionError) as error:
        raise WireError(f"this {kind} cannot be written: {error}") from error


def decode(raw: bytes | None, expected: type[T]) -> T:
    """The noun in these bytes. Raises WireError (UnknownVersion for a newer writer's) and names the field at fault."""
    return _decode_object(_load(raw), expected)


def decode_any(raw: bytes | None, expected: tuple[type[T], ...]) -> T:
    """The noun in these bytes, which is one of these. Raises WireError as `decode` does."""
    fields = _load(raw)
    kinds = {_KIND_OF[cls]: cls for cls in expected}
    kind = fields.get("kind")
    found = kinds.get(kind) if isinstance(kind, str) else None
    if found is None:
        wanted = " or ".join(map(repr, kinds))
        raise WireError(f"expected a record of kind {wanted}, found {kind!r:.60}")
    return _decode_object(fields, found)


def plain(noun: object) -> bytes:
    """One line of JSON for people and scripts: the fields of any noun, without version and kind."""
    return orjson.dumps(noun, _plain, _OPTIONS)


_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_UTC_Z


def _as_dict(noun: object) -> dict[str, Any]:
    fields = {name: getattr(noun, name) for name in _names(_class(noun))}
    return {**fields, **getattr(noun, "extra", {})}


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value):
        return _as_dict(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _class(noun: object) -> Any:
    return type(noun)


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(f.name for f in dataclasses.fields(cls) if f.name != "extra")


def _load(raw: bytes | None) -> dict[str, Any]:
    if not raw:
        raise WireError("the record is empty")
    try:
        fields = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise WireError(f"the record is no JSON: {error}") from error
    if not isinstance(fields, dict):
        raise WireError(f"the record is a {type(fields).__name__}, not an object")
    version = fields.pop("v", None)
    if type(version) is not int:
        raise WireError("the record has no version")
    if version != VERSION:
        raise UnknownVersion(f"the record has version {version}, this program reads {VERSION}: upgrade it first")
    return fields


def _decode_object(fields: dict[str, Any], expected: type[T]) -> T:
    kind = fields.pop("kind", None)
    if kind != _KIND_OF[expected]:
        raise WireError(f"expected a record of kind {_KIND_OF[expected]!r}, found {kind!r:.60}")
    hint: Any = expected
    noun: T = _decoder(hint)(fields, kind)
    return noun


@cache
def _decoder(hint: Any) -> Decoder:
    """The function that reads a value of this type; its second argument says where the value stands."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _noun_decoder(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _enum_decoder(hint)
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional_decoder(_decoder(next(a for a in args if a is not type(None))))
    if origin is tuple:
        return _tuple_decoder(_decoder(args[0]))
    return _mapping_decoder(_decoder(args[1]))


def _noun_decoder(cls: type) -> Decoder:
    hints = get_type_hints(cls)
    fields = dataclasses.fields(cls)
    decoders = {f.name: _decoder(hints[f.name]) for f in fields if f.name != "extra"}
    as_they_are = {name: _as_it_is(hints[name]) for name in decoders}
    required = {f.name for f in fields if f.default is f.default_factory is dataclasses.MISSING}

    def read(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        try:
            known = {
                n: v if type(v) in as_they_are[n] else decoders[n](v, n) for n, v in value.items() if n in decoders
            }
        except WireError as error:  # the whole way to the fault is put together only where there is one
            raise WireError(f"{where}.{error}") from None
        if not required <= known.keys():
            raise WireError(f"{where} lacks {', '.join(sorted(required - known.keys()))}")
        if len(known) == len(value):
            return cls(**known)
        return cls(**known, extra={n: v for n, v in value.items() if n not in decoders})

    return read


def _as_it_is(hint: Any) -> frozenset[type]:
    """The types of values that a decoder returns untouched: most are, and to ask it costs most of the time."""
    if get_origin(hint) in (Union, types.UnionType):
        return frozenset[type]().union(*(_as_it_is(one) for one in get_args(hint)))
    return _UNTOUCHED.get(hint, frozenset())


def _enum_decoder(cls: type[StrEnum]) -> Decoder:
    members = {member.value: member for member in cls}  # to call the class takes ten times as long

    def read(value: Any, where: str) -> StrEnum:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise _wrong(where, f"one of {', '.join(cls)}", value) from None

    return read


def _optional_decoder(inner: Decoder) -> Decoder:
    return lambda value, where: None if value is None else inner(value, where)


def _tuple_decoder(inner: Decoder) -> Decoder:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _wrong(where, "a list", value)
        return tuple([inner(item, where) for item in value])

    return read


def _mapping_decoder(inner: Decoder) -> Decoder:
    def read(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong(where, "an object", value)
        return {name: inner(item, where) for name, item in value.items()}

    return read


def _instant(value: Any, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise _wrong(where, "an instant with its time zone", value)
        return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _wrong(where, "an instant such as 2026-03-03T12:00:00Z", value) from None


def _scalar(*accepted: type, name: str) -> Decoder:
    def read(value: Any, where: str) -> Any:
        if type(value) not in accepted:
            raise _wrong(where, name, value)
        return value

    return read


_SCALARS: dict[Any, Decoder] = {
    str: _scalar(str, name="a text"),
    int: _scalar(int, name="a whole number"),
    float: _scalar(float, int, name="a number"),
    bool: _scalar(bool, name="true or false"),
    datetime: _instant,
    Any: lambda value, _: value,
}


_UNTOUCHED: dict[Any, frozenset[type]] = {
    str: frozenset({str}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    bool: frozenset({bool}),
    type(None): frozenset({type(None)}),
}


def _wrong(where: str, expected: str, value: object) -> WireError:
    return WireError(f"{where}: expected {expected}, found {value!r:.60}")
