"""A document against a model: every fault in words, with what was expected and what was found."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from monitor.configfile import Document, Location
from monitor.errors import Fault

M = TypeVar("M", bound=BaseModel)
Schema = Mapping[str, Any]

LONGEST_VALUE = 40

NAME = "a name of small letters, digits, . _ -"
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description=NAME)]


class Section(BaseModel):
    """A part of the configuration: unknown keys are refused, nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def check(document: Document, model: type[M], context: Mapping[str, Any]) -> tuple[M | None, list[Fault]]:
    """The document as this model, or None and what is wrong with it."""
    faults = list(document.faults)
    try:
        return model.model_validate({} if document.value is None else document.value, context=context), faults
    except ValidationError as error:
        found = error.errors(include_url=False)
    return None, faults + [_fault(document, model, each) for each in found if not _echo(each)]


def items(document: Document, section: str, model: type[M]) -> Iterator[tuple[int, M]]:
    """The items of a list that are sound by themselves, with their positions: the others have faults already."""
    for at, item in enumerate(raw_items(document, section)):
        try:
            yield at, model.model_validate(item)
        except ValidationError:
            continue


def raw_items(document: Document, section: str) -> list[Any]:
    """The items of a list as the file has them; none where it is no list."""
    found = document.value.get(section) if isinstance(document.value, dict) else None
    return found if isinstance(found, list) else []


def section(document: Document, name: str) -> Mapping[str, Any]:
    """A section of keys and values as the file has it; empty where it is none."""
    found = document.value.get(name) if isinstance(document.value, dict) else None
    return found if isinstance(found, dict) else {}


def doubles(document: Document, section: str, names: Mapping[int, str]) -> Iterator[Fault]:
    """A fault for each item of a list whose id an earlier one has; `names` are their ids by position."""
    first: dict[str, int] = {}
    for at, name in names.items():
        if name in first:
            line = document.line((section, first[name]))
            yield document.fault((section, at, "id"), f"{name!r} is here twice, first in line {line}")
        first.setdefault(name, at)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that this one resembles; empty where there is none."""
    close = get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def shown(value: Any) -> str:
    """A value for a message: short, and of an address only scheme and host, since the rest may be secret."""
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if "://" in text:
        scheme, rest = text.split("://", 1)
        text = f"{scheme}://{rest.split('/')[0].rpartition('@')[2]}/…"
    text = text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
    return repr(text) if isinstance(value, str) else text


def _fault(document: Document, model: type[BaseModel], error: ErrorDetails) -> Fault:
    location, kind, context = error["loc"], error["type"], error.get("ctx", {})
    if location and location[-1] == "[key]":
        return document.fault(location[:-1], f"expected {NAME}")
    if kind == "extra_forbidden":
        known = _at(model, location[:-1]).get("properties", {})
        return document.fault(location, f"unknown key{nearest(str(location[-1]), known)}")
    if kind == "value_error":
        place = location if document.has(location) else location[:-1]  # of a channel, its kind is a part of the place
        return document.fault(place, str(context["error"]))
    expected = words(_at(model, location))
    if kind.startswith("union_tag_"):
        location = (*location, context["discriminator"].strip("'"))
        return document.fault(location, f"expected {expected}, found {shown(context.get('tag'))}")
    return document.fault(location, f"expected {expected}, found {_found(error)}")


def _echo(error: ErrorDetails) -> bool:
    """A list that is too short only because its faulty items, each a fault of its own, are not counted."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _found(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "nothing"
    found = shown(error["input"])
    return f"{found}: put it in quotes" if error["type"] == "string_type" and found[0].isdigit() else found


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def _at(model: type[BaseModel], location: Location) -> Schema:
    """The part of the model's schema that describes this place."""
    whole = _schema(model)
    here = whole
    for part in location:
        here = _inner(whole, here, part)
    return _resolved(whole, here)


def _inner(whole: Schema, here: Schema, part: str | int) -> Schema:
    here = _resolved(whole, here)
    if "discriminator" in here:
        return {"$ref": here["discriminator"]["mapping"].get(part, "")}
    if isinstance(part, int):
        return here.get("items", {})  # type: ignore[no-any-return]
    named = here.get("properties", {}) | here.get("patternProperties", {})
    return named.get(part) or next(iter(here.get("patternProperties", {}).values()), {})


def _resolved(whole: Schema, here: Schema) -> Schema:
    """The schema behind references, and behind "or null"."""
    while True:
        options = [option for option in here.get("anyOf", []) if option.get("type") != "null"]
        if "$ref" in here:
            here = whole["$defs"].get(here["$ref"].rpartition("/")[2], {})
        elif len(options) == 1:
            here = options[0]
        else:
            return here


def words(schema: Schema) -> str:
    """What a schema expects, in a few words."""
    options = [schema["const"]] if "const" in schema else schema.get("enum")
    if "discriminator" in schema:
        options = list(schema["discriminator"]["mapping"])
    if options:
        return options[0] if len(options) == 1 else f"one of {', '.join(options)}"
    if "properties" in schema:
        return f"keys and values ({', '.join(schema['properties'])})"
    return schema.get("description") or _plain_words(schema)


def _plain_words(schema: Schema) -> str:
    kind = str(schema.get("type"))
    least = schema.get("minItems") or schema.get("minLength")
    most = schema.get("maxItems") or schema.get("maxLength")
    size = [f"of at least {least}" if least else "", f"of at most {most}" if most else ""]
    return _WORDS.get(kind, "another value") + _listed([*_bounds(schema), *filter(None, size)])


_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "keys and values",
    "string": "a text",
}


def _bounds(schema: Schema) -> Iterator[str]:
    low, high, above = (schema.get(key) for key in ("minimum", "maximum", "exclusiveMinimum"))
    if low is not None and high is not None:
        yield f"from {low:g} to {high:g}"
    elif low is not None:
        yield f"of at least {low:g}"
    elif high is not None:
        yield f"above {above:g} and up to {high:g}" if above is not None else f"up to {high:g}"
    elif above is not None:
        yield f"above {above:g}"


def _listed(parts: list[str]) -> str:
    return f" {' and '.join(parts)}" if parts else ""
