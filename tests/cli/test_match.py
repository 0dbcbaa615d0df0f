"""`monitor match` and `monitor explain` on files."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main

WATCHES = """\
watches:
  - id: siege
    query: siege AND (raqqa OR idlib)
  - id: acronym
    query: "'SDF'"
"""


@pytest.fixture
def watches(tmp_path: Path) -> Path:
    path = tmp_path / "watches.yaml"
    path.write_text(WATCHES)
    return path


def lines_file(path: Path, *articles: dict[str, str] | str) -> Path:
    lines = [line if isinstance(line, str) else json.dumps(line) for line in articles]
    path.write_text("\n".join(lines) + "\n")
    return path


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, [str(argument) for argument in arguments], input=stdin)


FIRST = {"id": "1", "source": "Times", "title": "Raqqa under siege", "text": "The SDF said so."}
SECOND = {"id": "2", "source": "Times", "title": "Markets", "text": "Calm."}


def test_a_line_for_each_article_and_watch(watches: Path, tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", SECOND, FIRST)
    result = run("match", "--watches", watches, "--articles", articles)
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "article": "1",
            "watch": "siege",
            "hits": [
                {"field": "title", "start": 0, "end": 5, "text": "Raqqa", "what": "raqqa"},
                {"field": "title", "start": 12, "end": 17, "text": "siege", "what": "siege"},
            ],
        },
        {
            "article": "1",
            "watch": "acronym",
            "hits": [{"field": "text", "start": 4, "end": 7, "text": "SDF", "what": "'SDF'"}],
        },
    ]


def test_a_bad_line_is_named_and_its_neighbours_are_read(watches: Path, tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", FIRST, "{", {**FIRST, "id": "3"})
    result = run("match", "--watches", watches, "--articles", articles)
    assert result.exit_code == 1
    assert [json.loads(line)["article"] for line in result.stdout.splitlines()] == ["1", "1", "3", "3"]
    assert "a.jsonl:2: " in result.stderr


def test_articles_come_packed_or_by_standard_input(watches: Path, tmp_path: Path) -> None:
    raw = json.dumps(FIRST).encode()
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(raw))
    packed = run("match", "--watches", watches, "--articles", tmp_path / "a.jsonl.gz")
    piped = run("match", "--watches", watches, "--articles", "-", stdin=raw)
    assert packed.stdout == piped.stdout
    assert len(piped.stdout.splitlines()) == 2


def test_every_bad_query_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "watches.yaml"
    path.write_text(
        "watches:\n  - id: one\n    query: a AND\n  - id: two\n    query: b\n"
        "  - id: three\n    query: |\n      c OR\n      concept:evacuations\n"
    )
    result = run("match", "--watches", path, "--articles", lines_file(tmp_path / "a.jsonl", FIRST))
    assert result.exit_code == 2
    assert f"{path}:3: watches[0].query: column 16: the query ends where a term was expected" in result.stderr
    assert f"{path}:9: watches[2].query: column 15: there is no concept 'evacuations'" in result.stderr
    assert "watches[1]" not in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("missing", ["watches", "articles"])
def test_a_missing_file_is_named(watches: Path, tmp_path: Path, missing: str) -> None:
    paths = {"watches": watches, "articles": lines_file(tmp_path / "a.jsonl", FIRST), missing: tmp_path / "none.yaml"}
    result = run("match", "--watches", paths["watches"], "--articles", paths["articles"])
    assert result.exit_code == 2
    assert "none.yaml" in result.stderr
    assert "Traceback" not in result.stderr


def test_explain_shows_the_parts_and_marks_the_text(watches: Path, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("Raqqa under siege\n\nThe town is under siege.\n\nSource: Times\n")
    result = run("explain", "--watches", watches, "--watch", "siege", story)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:6] == [
        "siege matches 'Raqqa under siege'",
        "  ✓ all of",
        "    ✓ siege: title 12–17 'siege', text 18–23 'siege'",
        "    ✓ any of",
        "      ✓ raqqa: title 0–5 'Raqqa'",
        "      ✗ idlib",
    ]
    assert "The town is under ⟦siege⟧." in result.stdout


def test_explain_names_the_watches_there_are(watches: Path, tmp_path: Path) -> None:
    articles = lines_file(tmp_path / "a.jsonl", FIRST)
    result = run("explain", "--watches", watches, "--watch", "seige", articles)
    assert result.exit_code == 2
    assert "there is no watch 'seige' in it; there is siege" in result.stderr


@pytest.mark.parametrize(("articles", "words"), [((), "no article"), ((FIRST, SECOND), "several articles")])
def test_explain_takes_one_article(
    watches: Path, tmp_path: Path, articles: tuple[dict[str, str], ...], words: str
) -> None:
    result = run("explain", "--watches", watches, "--watch", "siege", lines_file(tmp_path / "a.jsonl", *articles))
    assert result.exit_code == 2
    assert words in result.stderr
