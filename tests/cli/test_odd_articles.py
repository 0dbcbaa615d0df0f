"""Every command on files lives through articles whose fields hold what no text holds, or far too much of it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main

ODD = ("\ud800", "\x00\x1b[31m", "x" * 2_000_000)
FIELDS = ("id", "source", "url", "language", "author", "corrects", "title")
SOUND = {
    "source": "Velm Post",
    "title": "Siege of Raqqa",
    "text": "The siege of Raqqa goes on.",
    "url": "https://e.org/1",
}


@pytest.mark.parametrize("command", ["match", "judge", "locate"])
def test_an_odd_field_costs_no_line(command: str, tmp_path: Path) -> None:
    odd = [{"id": f"{field}{n}", **SOUND, field: text} for field in FIELDS for n, text in enumerate(ODD)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, [*odd, {**SOUND, "id": "last"}])))
    (tmp_path / "w.yaml").write_text("watches: [{id: siege, query: siege}]")
    options = [] if command == "locate" else ["--watches", str(tmp_path / "w.yaml")]
    result = CliRunner(mix_stderr=False).invoke(main, [command, "--articles", str(tmp_path / "a.jsonl"), *options])
    assert (result.exit_code, result.stderr) == (0, ""), result.exception
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(rows) == len(odd) + 1
    assert (rows[-1].get("id") or rows[-1]["article"]) == "last"
    assert len(result.stdout) < 1_000_000
