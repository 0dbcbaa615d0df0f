"""What a person gets who gives the wrong thing: what happened, where, what to do, exit 2, and no traceback."""

import socket
from pathlib import Path

from tests.pipeline.commands import SEEDS, monitor, running

WATCHES = SEEDS / "watches.yaml"
HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>"


def test_a_missing_path(tmp_path: Path) -> None:
    done = monitor("replay", tmp_path / "nowhere", "--watches", WATCHES)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_feed_that_is_a_web_page(tmp_path: Path) -> None:
    page = tmp_path / "page.xml"
    page.write_text(HTML)
    done = monitor("replay", page, "--watches", WATCHES)
    assert done.returncode == 2
    assert "page.xml" in done.stderr
    assert "HTML" in done.stderr
    assert "Traceback" not in done.stderr


def test_bad_lines_are_named_and_the_good_ones_alert(tmp_path: Path) -> None:
    lines = tmp_path / "articles.jsonl"
    good = '{"id": "a", "source": "S", "title": "Families leave Raqqa", "text": "An evacuation began."}'
    lines.write_text(f'{good}\n{{"id": "b"\n{good.replace("a", "b", 1)}\n[1]\n')
    done = monitor("replay", lines, "--watches", WATCHES, "--json")
    assert done.returncode == 1
    assert "articles.jsonl:2:" in done.stderr
    assert "articles.jsonl:4:" in done.stderr
    assert '"watch":"raqqa-evacuation"' in done.stdout


def test_a_watch_file_with_an_unknown_place(tmp_path: Path) -> None:
    watches = tmp_path / "watches.yaml"
    watches.write_text("watches:\n  - id: a\n    query: place:Raqqua\n  - id: b\n    query: 'x AND ('\n")
    done = monitor("replay", SEEDS, "--watches", watches)
    assert done.returncode == 2
    assert "watches.yaml:3" in done.stderr
    assert "Raqqa" in done.stderr, "the nearest name is offered"
    assert "watches.yaml:5" in done.stderr, "every fault at once"
    assert "Traceback" not in done.stderr


def test_a_role_without_a_broker(tmp_path: Path) -> None:
    monitor("init", "desk", cwd=tmp_path)
    done = monitor("stream", cwd=tmp_path / "desk")
    assert done.returncode == 2
    assert "--bootstrap" in done.stderr


def test_a_broker_that_is_not_there(tmp_path: Path) -> None:
    done = monitor("replay", SEEDS, "--watches", WATCHES, "--bootstrap", "127.0.0.1:1")
    assert done.returncode == 2
    assert "127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (tmp_path / "monitor.yaml").write_text(f"http: {{port: {taken.getsockname()[1]}}}\n")
        done = monitor("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "set http.host and http.port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_role_can_be_stopped_while_it_waits_for_a_broker_that_never_answers(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text("http: {port: 0}\n")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with running("poll", "--bootstrap", f"127.0.0.1:{silent.getsockname()[1]}", cwd=tmp_path) as process:
            silent.accept()[0].close()  # it has begun to connect, so the handlers of signals are there
            assert process.stop() == 0
    assert "Traceback" not in process.text
