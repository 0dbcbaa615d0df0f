"""`monitor init`: what it writes is sound, its examples too, and nothing is lost."""

import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from monitor.cli.init import STARTER
from monitor.settings import load_project
from monitor.watchset import load_watch_set

SECRETS = {
    "SLACK_WEBHOOK_URL": "https://hooks.example.org/x",
    "SMTP_PASSWORD": "p",
    "KAFKA_USERNAME": "u",
    "KAFKA_PASSWORD": "p",
}


def _init(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["init", *arguments])


def test_it_writes_a_configuration_that_check_accepts_and_says_what_is_next(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "desk"
    result = _init(str(folder))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"cd {folder} && monitor check && monitor run" in result.stdout
    checked = CliRunner(mix_stderr=False).invoke(main, ["check", "--config", str(folder / "monitor.yaml")])
    assert (checked.exit_code, checked.stderr) == (0, "")


def test_the_current_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = _init()
    assert result.exit_code == 0
    assert "then try: monitor check && monitor run" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(STARTER)


def test_it_has_feeds_watches_and_one_channel(tmp_path: Path) -> None:
    _init(str(tmp_path))
    project = load_project(tmp_path / "monitor.yaml", environment={})
    assert len(project.feeds) >= 3
    assert [channel.kind for channel in project.settings.channels] == ["console"]
    assert project.settings.kafka.bootstrap is None
    assert len(load_watch_set(project.watches).watches) == len(project.watches.watches) >= 2


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "watches.yaml").write_text("mine")
    result = _init(str(tmp_path))
    assert result.exit_code == 2
    assert str(tmp_path / "watches.yaml") in result.stderr
    assert "monitor.yaml" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["watches.yaml"]
    assert (tmp_path / "watches.yaml").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = _init(str(tmp_path / "file" / "inside"))
    assert result.exit_code == 2
    assert "cannot be written: Not a directory" in result.stderr
    assert "Traceback" not in result.stderr


def test_others_cannot_change_what_it_writes(tmp_path: Path) -> None:
    _init(str(tmp_path))
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in STARTER} == {0o644}


def _with_examples(text: str) -> str:
    """The text with its example lines at work: those with a # and no single space after it."""
    return re.sub(r"^( *)#(?! \S|$)", r"\1", text, flags=re.MULTILINE)


def test_the_examples_in_its_comments_are_sound_too(tmp_path: Path) -> None:
    _init(str(tmp_path))
    for name in STARTER:
        text = (tmp_path / name).read_text()
        assert _with_examples(text) != text
        (tmp_path / name).write_text(_with_examples(text))
    project = load_project(tmp_path / "monitor.yaml", environment=SECRETS)
    assert [channel.kind for channel in project.settings.channels] == ["console", "slack", "email"]
    assert project.settings.kafka.security_protocol == "SASL_SSL"
    assert [place.name for place in project.watches.places] == ["Camp Meadow"]
    assert list(project.watches.concepts) == ["bridge-damage"]
    assert any(feed.backlog for feed in project.feeds)


def test_the_queries_of_its_note_on_the_language_can_be_used(tmp_path: Path) -> None:
    _init(str(tmp_path))
    text = (tmp_path / "watches.yaml").read_text()
    queries = re.findall(r"^# (\S[^#\n]*?)  +\S", text, re.MULTILINE)
    assert len(queries) >= 7
    entries = "".join(
        f"  - {{id: q{n}, query: {query.split(',')[0]!r}, channels: [desk]}}\n" for n, query in enumerate(queries)
    )
    (tmp_path / "watches.yaml").write_text(f"watches:\n{entries}")
    assert load_project(tmp_path / "monitor.yaml", environment={}).watches.watches
