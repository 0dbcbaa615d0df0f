"""`monitor init`, `check` and `run`: a feed gains an entry that a watch wants, and an alert comes out."""

from pathlib import Path
from urllib.request import urlopen

from tests.pipeline.commands import Running, monitor, running
from tests.pipeline.feed_server import WANTED, FeedServer

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
