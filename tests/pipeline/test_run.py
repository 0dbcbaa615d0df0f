"""`monitor init`, `check` and `run`: a feed gains an entry that a watch wants, and an alert comes out."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.pipeline.commands import Running, monitor, running

OLD = ("old", "Raqqa bakery reopens", "Nothing more is known.")
WANTED = ("new", "Families leave Raqa", "Buses took civilians out of Raqa; safe passage had been agreed.")

WATCHES = """
watches:
  - id: raqqa
    query: place:Raqqa
    channels: [desk]
"""
MAIN = """
feeds: feeds.yaml
watches: watches.yaml
channels:
  - {{id: desk, kind: console}}
http: {{port: 0}}
poll: {{allow_hosts: [{allowed}]}}
"""


class FeedServer(ThreadingHTTPServer):
    """A feed on loopback whose entries can change, and that answers 304 to who has its newest state."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.entries = [OLD]
        self.statuses: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/feed.xml"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        etag = f'"{len(self.server.entries)}"'
        status = 304 if self.headers["If-None-Match"] == etag else 200
        self.server.statuses.append(status)
        body = _feed(self.server.entries).encode() if status == 200 else b""
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _feed(entries: list[tuple[str, str, str]]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title><description>{text}</description></item>"
        for guid, title, text in entries
    )
    return f"<rss version='2.0'><channel><title>Example</title><link>http://example.org/</link>{items}</channel></rss>"


@pytest.fixture
def feed() -> Iterator[FeedServer]:
    with FeedServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def project(folder: Path, feed: FeedServer, allowed: str) -> Path:
    folder.mkdir()
    (folder / "feeds.yaml").write_text(f"feeds:\n  - {{id: example, url: '{feed.url}', interval_seconds: 1}}\n")
    (folder / "watches.yaml").write_text(WATCHES)
    (folder / "monitor.yaml").write_text(MAIN.format(allowed=allowed))
    return folder


def test_the_starter_configuration_is_accepted_as_it_is(tmp_path: Path) -> None:
    assert monitor("init", "desk", cwd=tmp_path).returncode == 0
    checked = monitor("check", cwd=tmp_path / "desk")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_an_entry_that_comes_after_the_first_poll_alerts_and_the_backlog_does_not(
    tmp_path: Path, feed: FeedServer
) -> None:
    folder = project(tmp_path / "desk", feed, "127.0.0.1")
    with running("run", cwd=folder) as process:
        process.until(lambda _: 304 in feed.statuses)  # what was there is published and remembered
        assert _healthy(process)
        feed.entries.insert(0, WANTED)
        process.until(lambda it: "Families leave Raqa" in it.text)
        assert process.stop() == 0
    assert "[Raqa]" in process.text
    assert "Raqqa bakery reopens" not in "".join(process.out)


def test_a_loopback_address_is_refused_unless_the_configuration_allows_it(tmp_path: Path, feed: FeedServer) -> None:
    folder = project(tmp_path / "desk", feed, "feeds.internal")
    with running("run", cwd=folder) as process:
        process.until(lambda it: "refused" in it.text)
        assert process.stop() == 0
    assert feed.statuses == [], "no packet may reach it"


def _healthy(process: Running) -> bool:
    """Ask the port that the process named."""
    line = next(line for line in process.err if "/healthz" in line)
    port = int(line.split("port ")[1].split(";")[0])
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        healthy: bool = answer.status == 200
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    return healthy and "newsmonitor_fetches_total{" in text and "newsmonitor_articles_published_total{" in text
