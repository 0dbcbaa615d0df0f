"""Logs: in the format that was asked for, without secrets, control characters or endless values."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from monitor import logs

early = logs.logger("early")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def fail(token: str) -> None:
    secret = f"https://feeds.example/?token={token}"
    raise RuntimeError("no " + secret[:5])


def test_a_logger_made_before_the_configuration_follows_it(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", json=True)
    early.debug("unseen")
    early.info("polled", feed="a")
    captured = capsys.readouterr()
    assert captured.out == ""
    event = json.loads(captured.err)
    assert (event["event"], event["feed"], event["stage"], event["level"]) == ("polled", "a", "early", "info")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_no_values_of_variables(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    logs.configure("info", json=as_json)
    try:
        fail("-".join(["s3", "cret"]))
    except RuntimeError:
        early.exception("failed")
    text = capsys.readouterr().err
    assert "s3-cret" not in text
    assert "RuntimeError: no https" in text
    if as_json:
        assert "Traceback" in json.loads(text)["exception"]


def test_values_are_bounded_and_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info")
    early.info("found", article="a\x1b]0;pwned\x07\u202e\nforged line", text="x" * 100_000)
    text = capsys.readouterr().err
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text.splitlines()) == 1
    assert len(text) < 2 * logs.LONGEST_VALUE
