"""`monitor watches apply` refuses a file with every fault of it, before it asks any broker."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.applying import Applied
from monitor.cli.watches import command, line_of
from monitor.errors import ConfigError
from monitor.model import Watch
from monitor.watchlist import changes, key_of

NOBODY = "127.0.0.1:9"  # no broker listens there


def apply(folder: Path, watches: str, *options: str) -> list[str]:
    """The faults that are told."""
    (folder / "watches.yaml").write_text(watches)
    arguments = ["apply", str(folder / "watches.yaml"), "--bootstrap", NOBODY, *options]
    with pytest.raises(ConfigError) as refused:
        CliRunner().invoke(command, arguments, catch_exceptions=False)
    return [str(fault).rpartition("watches.yaml:")[2] for fault in refused.value.faults]


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    told = apply(tmp_path, "watches:\n- {id: a, query: 'concept:nowhere'}\n- {id: b, query: '(x'}\n- {id: c}\n")
    assert [fault.split(":")[0] for fault in told] == ["2", "3", "4"]
    assert "there is no concept 'nowhere'" in told[0]


def test_channels_are_those_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text("channels: [{id: desk, kind: console}]\n")
    (told,) = apply(
        tmp_path, "watches: [{id: a, query: x, channels: [dask]}]\n", "--config", str(tmp_path / "monitor.yaml")
    )
    assert "no channel 'dask' in the configuration; did you mean 'desk'?" in told


def test_a_watch_is_shown_in_the_words_of_its_file() -> None:
    assert line_of(Watch(id="a", query="x"))["window_days"] == 7


def test_the_outcome_is_told_for_people() -> None:
    watch = Watch(id="a", query="x")
    made = changes({}, {key_of(watch): watch})
    assert (
        Applied(made, 3, 0).line
        == "1 added, 0 changed, 0 removed, 0 as before; no worker runs: they are used when one does"
    )
    assert Applied(made, 3, 2).line.endswith("in use by 2 workers")
    assert "not in use yet by one (1 of 2 workers)" in Applied(made, 3, 2, ("one",)).line
