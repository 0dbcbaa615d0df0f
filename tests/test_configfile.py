"""YAML with lines: what is read, what is refused, and where a fault is said to be."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor import configfile
from monitor.configfile import Document, read
from monitor.errors import ConfigError


def _read(folder: Path, text: str) -> Document:
    path = folder / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("language: no", "no"),
        ("language: on", "on"),
        ("hours: 22:30", "22:30"),
        ("day: 2026-03-03", "2026-03-03"),
        ("id: 007", "007"),
        ("number: 7", 7),
        ("number: -7", -7),
        ("number: 0.5", 0.5),
        ("number: 1e3", 1000.0),
        ("word: 1.2.3", "1.2.3"),
        ("flag: true", True),
        ("flag: False", False),
        ("nothing: ~", None),
        ("nothing:", None),
        ('text: "7"', "7"),
        ("list: [a, 1, {b: c}]", ["a", 1, {"b": "c"}]),
        ("arabic: الرقة", "الرقة"),
    ],
)
def test_plain_values_are_what_they_look_like(tmp_path: Path, text: str, value: object) -> None:
    (found,) = _read(tmp_path, text).value.values()
    assert found == value
    assert type(found) is type(value)


def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    assert _read(tmp_path, "# only a comment\n").value == {}
    assert _read(tmp_path, "").value == {}


def test_parts_can_be_shared(tmp_path: Path) -> None:
    text = "base: &base\n  port: 25\n  host: a\nmail:\n  <<: *base\n  host: b\n  to: [x]\n"
    document = _read(tmp_path, text)
    assert document.value["mail"] == {"port": 25, "host": "b", "to": ["x"]}
    assert document.line(("mail", "host")) == 6
    assert document.line(("mail", "port")) == 2


@pytest.mark.parametrize(
    ("location", "line", "name"),
    [
        (("channels", 1, "id"), 5, "channels[1].id"),
        (("channels", 1, "slack", "id"), 5, "channels[1].id"),
        (("channels", 1, "kind"), 5, "channels[1].kind"),
        (("kafka", "ssl", "file"), 8, "kafka.ssl.file"),
        (("kafka", "ssl"), 7, "kafka.ssl"),
        (("gone",), 2, "gone"),
        ((), 2, ""),
    ],
)
def test_a_place_has_its_line_and_its_name(
    tmp_path: Path, location: tuple[str | int, ...], line: int, name: str
) -> None:
    text = "# first\nchannels:\n  - id: a\n    kind: b\n  - id: c\nkafka:\n  ssl:\n    file: x\n"
    document = _read(tmp_path, text)
    assert document.line(location) == line
    assert document.name(location) == name
    assert str(document.fault(location, "wrong")).endswith(f"some.yaml:{line}: {name}: wrong".replace(": : ", ": "))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: [1, 2\n", 3, "no valid YAML"),
        ("a: b: c\n", 1, "no valid YAML: mapping values are not allowed"),
        ("a:\n\t- b\n", 2, "no valid YAML: found character that cannot start any token"),
        ("a: *gone\n", 1, "no valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "no valid YAML"),
        ("a: \x07\n", 0, "no valid YAML"),
        ("a: " + "[" * 80 + "]" * 80, 1, "nested deeper than 50 levels"),
        ("[" * 100_000, 1, "no valid YAML"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(tmp_path, text)
    (fault,) = caught.value.faults
    assert (fault.line, says in fault.message) == (line, True), fault


@pytest.mark.parametrize("text", ["!hunter2", "!hunter2 x", "!hunter2!x y", "*hunter2", "&hunter2 1\nb: &hunter2 2"])
@pytest.mark.parametrize("loader", [configfile._Loader, yaml.SafeLoader])
def test_a_secret_that_yaml_takes_for_something_else_is_not_repeated(
    tmp_path: Path, text: str, loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configfile, "_Loader", loader)
    try:
        faults = _read(tmp_path, f"password: {text}\n").faults
    except ConfigError as error:
        faults = error.faults
    assert len(faults) == 1
    assert "hunter2" not in str(faults[0])


def test_a_few_lines_that_stand_for_billions_of_values_are_refused(tmp_path: Path) -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 40)}]" for n in range(1, 12)]
    with pytest.raises(ConfigError, match="more than 5,000,000 values"):
        _read(tmp_path, "\n".join(["l0: &l0 [x]", *levels]))


def test_a_list_that_holds_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nested deeper"):
        _read(tmp_path, "a: &a [*a]")


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a: 1\nb: 2\na: 3\n", ["3: a is here twice, first in line 1"]),
        (
            "a: {b: 1, b: 2}\na: 3\na: 4\n",
            [
                "1: b is here twice, first in line 1",
                "2: a is here twice, first in line 1",
                "3: a is here twice, first in line 1",
            ],
        ),
        ("a: !!python/object:os.system x\n", ["1: a word that begins with ! is a tag, and this one is not known"]),
        ("a: !!int soon\n", ["1: expected a value of kind int"]),
        ("? [a, b]\n: c\n", ["1: expected a name before the colon"]),
        ("a:\n  <<: 7\n", ["2: expected keys and values after <<"]),
    ],
)
def test_what_the_rest_of_the_file_survives_is_noted(tmp_path: Path, text: str, faults: list[str]) -> None:
    noted = [f"{fault.line}: {fault.message}" for fault in _read(tmp_path, text).faults]
    assert len(noted) == len(faults)
    assert all(found.startswith(wanted) for found, wanted in zip(noted, faults, strict=True)), noted


@pytest.mark.parametrize(
    "yaml",
    [
        "query: ONE TWO three\n",
        "x: é\nquery: 'ONE ''TWO'' three'\n",
        'query: "ONE \\"TWO\\" three"\n',
        "query: |\n  ONE\n  TWO three\n",
        "query: >- # why\n  ONE\n\n  TWO\n  three\n",
        "query:\n  ONE\n    TWO\n  three\n",
        "a: &q ONE TWO three\nquery: *q\n",
    ],
)
def test_a_place_within_a_text_is_found_in_the_file(tmp_path: Path, yaml: str) -> None:
    document = _read(tmp_path, yaml)
    lines = document.value["query"].split("\n")
    (row, text) = next((row, text) for row, text in enumerate(lines, 1) if "TWO" in text)
    line, column = document.mark_within(("query",), row, text.index("TWO") + 1)
    assert yaml.splitlines()[line - 1][column - 1 :].startswith("TWO")


def test_the_end_of_a_text_is_its_last_character_at_most(tmp_path: Path) -> None:
    document = _read(tmp_path, "query: |\n  ONE\nnext: 1\n")
    assert document.mark_within(("query",), 1, 4)[0] <= 3
    assert document.mark_within(("query",), 9, 9)[0] <= 3


def test_a_file_that_others_can_change_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("a: 1\na: 2\n")
    path.chmod(0o646)
    messages = [fault.message for fault in read(path).faults]
    assert len(messages) == 2
    assert "chmod o-w" in messages[0]
    path.chmod(0o664)
    assert len(read(path).faults) == 1


def test_a_file_that_is_not_there_or_no_file_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml: not here, do this"):
        read(tmp_path / "gone.yaml", "not here, do this")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes("a: 1\nb: Österreich\n".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"some\.yaml:2: expected UTF-8"):
        read(path)


def test_a_byte_order_mark_and_windows_lines_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n  y\r\n")
    document = read(path)
    assert document.value == {"a": 1, "b": "x\ny\n"}
    assert document.line(("b",)) == 2


YAMLISH = st.text(st.sampled_from("ab: -[]{}&*!|>'\"#\n\t%@`,?~<01é\ud83d"), max_size=40)


@given(text=YAMLISH)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_the_file_nothing_worse_comes_of_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        document = read(path)
    except ConfigError:
        return
    assert document.line(("a", 0)) >= 1
