"""`monitor check`: silence, or every fault; and the schema that editors use."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from monitor.cli import main
from monitor.cli.init import STARTER

MAIN = """\
feeds: feeds.yaml
watches: watches.yaml
channels:
  - id: desk
    kind: console
  - id: newsroom
    kind: slack
poll:
  connect_seconds: soon
  per_hst: 2
"""
WATCHES = """\
watches:
  - id: bridges
    query: bridge AND (closed OR
    channels: [desk]
  - id: bridges
    query: river
    channels: [dsk]
    origins: 0
"""


def _check(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["check", *arguments])


def _write(folder: Path, **texts: str) -> str:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return str(folder / "monitor.yaml")


def test_what_is_fine_is_passed_in_silence(tmp_path: Path) -> None:
    watches = "watches: [{id: a, query: bridge, channels: [desk]}]"
    config = _write(tmp_path, monitor="channels: [{id: desk, kind: console}]\nwatches: watches.yaml", watches=watches)
    result = _check("--config", config)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_the_home_of_an_outlet_that_is_no_place_is_a_fault_of_its_line(tmp_path: Path) -> None:
    watches = "watches: [{id: w, query: 'place:Ohio'}]\nhomes:\n  Good Paper: Ohio\n  Bad Paper: Ohiio\n"
    config = _write(tmp_path, monitor="channels: [{id: desk, kind: console}]\nwatches: watches.yaml", watches=watches)
    result = _check("--config", config)
    assert result.exit_code == 2
    assert "watches.yaml:4:" in result.stderr
    assert "the home of 'Bad Paper': no place is called 'Ohiio'; did you mean Ohio" in result.stderr


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path, monitor=MAIN, feeds="feeds: []", watches=WATCHES)
    monkeypatch.chdir(tmp_path)
    result = _check()
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (2, "")
    where = "where the secret is, {env: NAME} or {file: PATH}"
    assert lines[:3] == [
        f"monitor.yaml:6: channels[1].webhook_url: expected {where}, found nothing",
        "monitor.yaml:9: poll.connect_seconds: expected a number above 0 and up to 60, found 'soon'",
        "monitor.yaml:10: poll.per_hst: unknown key; did you mean 'per_host'?",
    ]
    assert lines[3].startswith("watches.yaml:3: watches[0].query: column ")
    assert lines[4:] == [
        "watches.yaml:5: watches[1].id: 'bridges' is here twice, first in line 2",
        "watches.yaml:8: watches[1].origins: expected a whole number from 1 to 20, found 0",
    ]


def test_a_channel_that_is_not_there_is_told_once_the_watch_is_sound(tmp_path: Path) -> None:
    sound = WATCHES.replace("    origins: 0\n", "").replace("(closed OR", "closed")
    result = _check("--config", _write(tmp_path, monitor=MAIN, feeds="", watches=sound))
    assert "watches[1].channels[0]: no channel 'dsk' in the configuration; did you mean 'desk'?" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--config", "other.yaml"]])
def test_a_folder_without_configuration_is_told_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = _check(*arguments)
    assert result.exit_code == 2
    assert "no such file; `monitor init`" in result.stderr


def _schema() -> dict[str, Any]:
    result = _check("--schema")
    assert result.exit_code == 0
    schema: dict[str, Any] = json.loads(result.stdout)
    Draft202012Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize(
    ("part", "text"), [("Settings", MAIN), ("WatchFile", WATCHES), ("FeedFile", "feeds: [{url: 7}]\nfeed: []")]
)
def test_the_schema_refuses_what_the_program_refuses(part: str, text: str) -> None:
    schema = _schema()
    validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{part}"})
    assert len(list(validator.iter_errors(yaml.safe_load(text)))) >= 1
    assert validator.is_valid({})


def test_the_schema_takes_the_starter(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["init", str(tmp_path)]).exit_code == 0
    schema = _schema()
    for name, part in zip(STARTER, ("Settings", "FeedFile", "WatchFile"), strict=True):
        content = yaml.safe_load((tmp_path / name).read_text())
        assert content
        Draft202012Validator({**schema, "$ref": f"#/$defs/{part}"}).validate(content)


def test_the_root_of_the_schema_is_the_main_file() -> None:
    assert list(Draft202012Validator(_schema()).iter_errors({"nonsense": 1}))
