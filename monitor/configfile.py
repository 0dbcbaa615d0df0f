"""YAML files with the line of each value, so that every fault can name its place. Knows no section of ours."""

import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import yaml

from monitor.errors import ConfigError, Fault

Location = Sequence[str | int]

DEEPEST = 50
MOST_VALUES = 5_000_000  # with aliases written out; a few lines of them can stand for billions of values


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its content as plain values, and the nodes that know their lines."""

    file: str
    value: Any
    root: yaml.Node
    source: str
    faults: tuple[Fault, ...] = ()  # doubled keys and the like: the rest can be checked all the same

    def fault(self, location: Location, message: str) -> Fault:
        """A fault at this place, which the message names, or at the nearest place around it that the file has."""
        name = self.name(location)
        return Fault(self.file, self.line(location), f"{name}: {message}" if name else message)

    def line(self, location: Location) -> int:
        """The line (from 1) of this place, or of the nearest one around it: of its key, where it has one."""
        node, line = self.root, self.root.start_mark.line
        for part in location:
            found = _find(node, part)
            if found:
                node, line = found[1], found[0].start_mark.line
        return line + 1

    def name(self, location: Location) -> str:
        """The place as people write it: channels[0].id. What the file does not have is left out, but for the last."""
        parts: list[str] = []
        node = self.root
        for position, part in enumerate(location):
            child = _child(node, part)
            if child is not None or position == len(location) - 1:
                parts.append(f"[{part}]" if isinstance(part, int) else f".{part}")
            node = child or node
        return "".join(parts).removeprefix(".")

    def has(self, location: Location) -> bool:
        """Whether the file has this very place."""
        return not location or _child(self.node(location[:-1]), location[-1]) is not None

    def node(self, location: Location) -> yaml.Node:
        """The node at this place; parts that the file does not have are passed over."""
        node = self.root
        for part in location:
            node = _child(node, part) or node
        return node

    def mark_within(self, location: Location, line: int, column: int) -> tuple[int, int]:
        """Line and column of the file for a line and column (from 1) of the text at this place.

        YAML may fold, indent and quote a text, but keeps its visible characters in order: they are counted.
        """
        node = self.node(location)
        lines = str(node.value).split("\n")
        before = "\n".join([*lines[: line - 1], lines[line - 1][: column - 1]] if line <= len(lines) else lines)
        visible = sum(not c.isspace() for c in before)
        start, end, style = node.start_mark.index, node.end_mark.index, getattr(node, "style", None)
        index = next(islice(_visible(self.source, start, end, style), visible, None), max(start, end - 1))
        return self.source.count("\n", 0, index) + 1, index - self.source.rfind("\n", 0, index)


def read(path: Path, missing: str = "no such file") -> Document:
    """The file's content. Raises ConfigError where it cannot be read (`missing` where there is none) or is no YAML."""
    source, faults = _source(path, missing)
    loader = _Loader(source)
    try:
        root = loader.get_single_node() or yaml.MappingNode("tag:yaml.org,2002:map", [], _START, _START)
    except yaml.MarkedYAMLError as error:
        raise ConfigError([*faults, _syntax_fault(path, error)]) from None
    except yaml.YAMLError as error:
        what = " ".join(str(error).split())
        raise ConfigError([*faults, Fault(str(path), 0, f"no valid YAML: {what}")]) from None
    finally:
        loader.dispose()
    builder = _Builder(str(path), faults)
    value = builder.build(root, 0)
    return Document(str(path), value, root, source, tuple(builder.faults))


_START = yaml.Mark("", 0, 0, 0, "", 0)


# Where a message repeats a word of the file: it may be a secret that was written without quotes.
_NAMED = re.compile(r"\b(alias|anchor|tag handle) (?:'.*'|\".*\")")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain words stay words, as in YAML 1.2: `no` is Norwegian, 12:30 a time of day, 007 an agent."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+)", "-+0123456789."),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


def _source(path: Path, missing: str) -> tuple[str, list[Fault]]:
    try:
        raw, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        raise ConfigError([Fault(str(path), 0, missing)]) from None
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    open_to_all = "anyone on this machine can change this file: run `chmod o-w` on it"
    faults = [Fault(str(path), 0, open_to_all)] if mode & stat.S_IWOTH else []
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n"), faults
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([*faults, Fault(str(path), line, "expected UTF-8, found another encoding")]) from None


def _syntax_fault(path: Path, error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    context = f" {error.context}" if error.context else ""
    message = _NAMED.sub(r"\1", f"no valid YAML: {error.problem}{context}")
    return Fault(str(path), mark.line + 1 if mark else 0, message)


@dataclass(slots=True)
class _Builder:
    """Nodes → plain values, noting what is wrong on the way."""

    file: str
    faults: list[Fault]
    left: int = MOST_VALUES

    def build(self, node: yaml.Node, depth: int) -> Any:
        self.left -= 1
        if depth > DEEPEST or self.left < 0:
            why = f"nested deeper than {DEEPEST} levels" if depth > DEEPEST else f"more than {MOST_VALUES:,} values"
            raise ConfigError([*self.faults, self._fault(node, why)])
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, depth + 1) for item in node.value]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        lines: dict[Any, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag.endswith(":merge"):
                built = {**self._merged(value_node, depth), **built}
                continue
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.faults.append(self._fault(key_node, "expected a name before the colon"))
            elif key in lines:
                self.faults.append(self._fault(key_node, f"{key} is here twice, first in line {lines[key]}"))
            else:
                lines[key] = key_node.start_mark.line + 1
                built[key] = self.build(value_node, depth + 1)
        return built

    def _merged(self, node: yaml.Node, depth: int) -> dict[Any, Any]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[Any, Any] = {}
        for part in parts:
            if not isinstance(part, yaml.MappingNode):
                self.faults.append(self._fault(part, "expected keys and values after <<"))
                continue
            merged = {**self.build(part, depth + 1), **merged}
        return merged

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        try:
            return _SCALARS[kind](node.value)
        except KeyError:
            tag = "a word that begins with ! is a tag, and this one is not known: put it in quotes, or take it away"
            self.faults.append(self._fault(node, tag))
        except ValueError:
            self.faults.append(self._fault(node, f"expected a value of kind {kind}"))
        return None

    def _fault(self, node: yaml.Node, message: str) -> Fault:
        return Fault(self.file, node.start_mark.line + 1, message)


_SCALARS: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda text: text.lower() == "true",
    "null": lambda _: None,
}


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    found = _find(node, part)
    return found[1] if found else None


def _find(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value of this part of a node; an item of a list is its own key."""
    if isinstance(node, yaml.SequenceNode):
        return (node.value[part],) * 2 if isinstance(part, int) and part < len(node.value) else None
    if not isinstance(node, yaml.MappingNode):
        return None
    own = next((pair for pair in node.value if pair[0].value == str(part)), None)
    return own or next(filter(None, (_find(merged, part) for merged in _merges(node))), None)


def _merges(node: yaml.MappingNode) -> Iterator[yaml.Node]:
    for key, value in node.value:
        if key.tag.endswith(":merge"):
            yield from value.value if isinstance(value, yaml.SequenceNode) else [value]


def _visible(source: str, start: int, end: int, style: str | None) -> Iterator[int]:
    """Where in the source the visible characters of a scalar stand, past its anchor and tag."""
    if properties := re.compile(r"(?:[&!]\S*\s+)+").match(source, start, end):
        start = properties.end()
    if style in {"|", ">"}:
        start = source.find("\n", start, end) + 1 or end
    elif style in {"'", '"'}:
        start, end = start + 1, end - 1
    at = start
    while at < end:
        escaped = (style == "'" and source.startswith("''", at)) or (style == '"' and source[at] == "\\")
        if not source[at].isspace():
            yield at
        at += 2 if escaped else 1
