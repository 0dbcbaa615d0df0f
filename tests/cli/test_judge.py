"""`monitor judge` on files: the shape of its lines, bad lines, watches, and cases that trouble monitors."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main

CASES = [json.loads(line) for line in (Path(__file__).parent / "data/story_cases.jsonl").read_text().splitlines()]
TEXT = "The ferry to Sund was held at the quay on Monday because its captain had lost the key to the engine room."
FIELDS = {"id", "watch", "story", "decision", "told", "copy_of", "of", "coverage", "origin", "changes", "reason"}


def _article(id: str, minute: int, **fields: str) -> dict[str, str]:
    known = {"source": "Velm Post", "url": f"https://velm.example/{id}", "title": "Ferry held at quay", "text": TEXT}
    return {"id": id, "published_at": f"2026-03-03T09:{minute:02}:00Z", **known, **fields}


def _judge(folder: Path, articles: Sequence[dict[str, str] | str], *options: str) -> Result:
    path = folder / "articles.jsonl"
    path.write_text("\n".join(a if isinstance(a, str) else json.dumps(a) for a in articles) + "\n")
    return CliRunner(mix_stderr=False).invoke(main, ["judge", "--articles", str(path), *options])


def _rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_line_an_article_with_every_field(tmp_path: Path) -> None:
    result = _judge(tmp_path, [_article("a", 0), _article("b", 5, source="Sund Mirror")])
    assert result.exit_code == 0, result.output
    first, second = _rows(result)
    assert set(first) == set(second) == FIELDS
    assert first["decision"] == "new"
    assert first["coverage"] == {"new_in_old": 0, "old_in_new": 0}
    assert second["copy_of"] == second["of"] == "a"
    assert second["coverage"] == {"new_in_old": 1, "old_in_new": 1}
    assert second["story"] == first["story"]
    assert second["reason"] == "copy of “Ferry held at quay” (Velm Post): 100 % of this text stands in it"
    assert (first["told"], second["told"]) == (True, False)


def test_a_bad_line_is_named_and_passed_over(tmp_path: Path) -> None:
    result = _judge(tmp_path, [_article("a", 0), "{not json", _article("b", 5)])
    assert result.exit_code == 1
    assert [row["id"] for row in _rows(result)] == ["a", "b"]
    assert "articles.jsonl:2:" in result.stderr


def test_each_watch_judges_for_itself(tmp_path: Path) -> None:
    watches = tmp_path / "watches.yaml"
    watches.write_text("watches:\n  - id: ferry\n    query: ferry\n  - id: key\n    query: engine AND key\n")
    other = _article("b", 5, text=TEXT.replace("engine room", "wheelhouse"))
    result = _judge(
        tmp_path, [_article("a", 0), other, _article("c", 9, title="x", text="y")], "--watches", str(watches)
    )
    assert result.exit_code == 0, result.output
    assert [(row["id"], row["watch"]) for row in _rows(result)] == [("a", "ferry"), ("a", "key"), ("b", "ferry")]


def test_time_is_that_of_publication(tmp_path: Path) -> None:
    old = _article("a", 0) | {"published_at": "2014-03-03T09:00:00Z"}
    later = _article("b", 0) | {"published_at": "2014-03-20T09:00:00Z"}
    assert [row["decision"] for row in _rows(_judge(tmp_path, [old, later]))] == ["new", "new"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = CliRunner(mix_stderr=False).invoke(main, ["judge", "--articles", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 2
    assert "none.jsonl" in result.stderr


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["symptom"][:60])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    rows = _rows(_judge(tmp_path, case["articles"]))
    shown = [(row["decision"], row["of"], _figures(row)) for row in rows]
    assert shown == [(e["decision"], e["of"], e["figures"]) for e in case["expected"]], [row["reason"] for row in rows]
    assert [row["told"] for row in rows] == [row["decision"] != "copy" for row in rows]


def _figures(row: dict[str, Any]) -> list[list[str | None]]:
    return [[change["before"], change["after"]] for change in row["changes"] if change["kind"] == "figure"]
