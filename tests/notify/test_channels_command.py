import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli import main
from tests.notify.servers import SECRET, FakeSlack, Mailbox, fake_slack, mail_server, unused_port


def write(folder: Path, slack_url: str = f"https://hooks.slack.example/services/{SECRET}", smtp_port: int = 25) -> Path:
    (folder / "hook").write_text(slack_url)
    (folder / "hook").chmod(0o600)
    path = folder / "monitor.yaml"
    path.write_text(
        f"""
channels:
  - id: screen
    kind: console
  - id: desk
    kind: slack
    webhook_url: {{file: hook}}
  - id: mail
    kind: email
    host: localhost
    port: {smtp_port}
    security: none
    sender: monitor@news.example.org
    to: [desk@example.org]
"""
    )
    path.chmod(0o600)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["channels", *map(str, arguments)])


async def run_beside_servers(*arguments: str | Path) -> Result:
    import asyncio

    return await asyncio.to_thread(run, *arguments)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as server:
        yield server


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mail_server() as server:
        yield server


def test_list_shows_where_channels_lead_and_no_secret(tmp_path: Path) -> None:
    result = run("list", "--config", write(tmp_path))
    assert result.exit_code == 0
    screen, desk, mail = result.stdout.splitlines()
    assert screen.split() == ["screen", "console", "standard", "output"]
    assert "hooks.slack.example" in desk
    assert "desk@example.org (by localhost:25, none)" in mail
    assert SECRET not in result.stdout + result.stderr


def test_list_as_json(tmp_path: Path) -> None:
    result = run("list", "--json", "--config", write(tmp_path))
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["id"], row["kind"]) for row in rows] == [("screen", "console"), ("desk", "slack"), ("mail", "email")]
    assert SECRET not in result.stdout + result.stderr


def test_list_of_nothing_says_so(tmp_path: Path) -> None:
    path = tmp_path / "monitor.yaml"
    path.write_text("channels: []\n")
    path.chmod(0o600)
    result = run("list", "--config", path)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "No channels are configured" in result.stderr


def test_a_test_on_the_console_is_clearly_one(tmp_path: Path) -> None:
    result = run("test", "screen", "--config", write(tmp_path))
    assert result.exit_code == 0
    assert "TEST of the channel screen: this is no news" in result.stdout
    assert "nothing has happened" in result.stdout


async def test_a_test_reaches_slack(tmp_path: Path, slack: FakeSlack) -> None:
    result = await run_beside_servers("test", "desk", "--config", write(tmp_path, slack.url))
    assert (result.exit_code, result.stdout) == (0, "desk: accepted. Look whether the test alert has arrived.\n")
    (message,) = slack.accepted
    assert "TEST of the channel desk" in message["text"]


async def test_two_tests_by_mail_are_two_mails(tmp_path: Path, box: Mailbox) -> None:
    path = write(tmp_path, smtp_port=box.port)
    for _ in range(2):
        assert (await run_beside_servers("test", "mail", "--config", path)).exit_code == 0
    one, two = box.mails
    assert one["Subject"] == "TEST of the channel mail: this is no news"
    assert one["Message-ID"] != two["Message-ID"]


async def test_a_channel_that_refuses_is_named_with_its_reason(tmp_path: Path, slack: FakeSlack) -> None:
    slack.answers = [(404, "no_service", {})]
    result = await run_beside_servers("test", "desk", "--config", write(tmp_path, slack.url))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("monitor: desk: Slack answered 404 no_service: ")
    assert SECRET not in result.stdout + result.stderr


def test_a_channel_that_is_away(tmp_path: Path) -> None:
    path = write(tmp_path, f"http://127.0.0.1:{unused_port()}/services/{SECRET}")
    result = run("test", "desk", "--json", "--config", path)
    assert result.exit_code == 1
    row = json.loads(result.stdout)
    assert (row["channel"], row["accepted"]) == ("desk", False)
    assert "trying again later may help" in row["error"]
    assert SECRET not in result.stdout + result.stderr


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    result = run("test", "dekc", "--config", write(tmp_path))
    assert result.exit_code == 2
    assert result.stderr == "monitor: there is no channel 'dekc'; there are: screen, desk, mail\n"
