import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from monitor import logs
from monitor.errors import DeliveryError, DeliveryRefused
from monitor.notify.slack import SlackNotifier
from monitor.settings import SlackChannel
from tests.notify.alerts import make_alert
from tests.notify.servers import CLOSE, HANG, SECRET, FakeSlack, fake_slack, unused_port


def channel(url: str, timeout_seconds: float = 5) -> SlackChannel:
    return SlackChannel.model_validate(
        {"id": "desk", "kind": "slack", "webhook_url": {"env": "URL"}, "timeout_seconds": timeout_seconds},
        context={"environment": {"URL": url}},
    )


@asynccontextmanager
async def notifier(url: str, timeout_seconds: float = 5) -> AsyncIterator[SlackNotifier]:
    slack = SlackNotifier(channel(url, timeout_seconds))
    try:
        yield slack
    finally:
        await slack.close()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as server:
        yield server


async def error_of(slack: FakeSlack, answer: Any, timeout_seconds: float = 5) -> DeliveryError:
    slack.answers = [answer]
    async with notifier(slack.url, timeout_seconds) as one:
        with pytest.raises(DeliveryError) as caught:
            await one.send(make_alert())
    assert slack.accepted == []
    assert slack.requests == 1  # the library's own retries are off
    return caught.value


async def test_slack_gets_the_alert(slack: FakeSlack) -> None:
    async with notifier(slack.url) as one:
        await one.send(make_alert())
    (message,) = slack.accepted
    assert message["text"].startswith("water: <https://post.example.org/water|Water returns to the old town>")
    assert [block["type"] for block in message["blocks"]] == ["header", "section", "section", "section"]


@pytest.mark.parametrize(
    ("headers", "after_seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({}, None),
        ({"Retry-After": "-3"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9" * 40}, None),
    ],
)
async def test_a_busy_slack_says_how_long_to_wait(
    slack: FakeSlack, headers: dict[str, str], after_seconds: float | None
) -> None:
    error = await error_of(slack, (429, "rate_limited", headers))
    assert error.retriable
    assert error.after_seconds == after_seconds
    assert not error.doubtful
    assert str(error) == "Slack answered 429 rate_limited"


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
async def test_trouble_at_slack_passes(slack: FakeSlack, status: int) -> None:
    error = await error_of(slack, (status, "oops", {}))
    assert error.retriable
    assert error.doubtful == (status != 425)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, "invalid_payload"),
        (403, "action_prohibited"),
        (404, "no_service"),
        (410, "channel_is_archived"),
        (413, "too_large"),
    ],
)
async def test_what_slack_will_never_take_is_refused(slack: FakeSlack, status: int, body: str) -> None:
    error = await error_of(slack, (status, body, {}))
    assert isinstance(error, DeliveryRefused)
    assert not error.retriable
    assert str(error).startswith(f"Slack answered {status} {body}: ")


async def test_a_page_that_comes_back_is_not_repeated_in_the_error(slack: FakeSlack) -> None:
    error = await error_of(slack, (404, f"<html>{SECRET}</html>", {}))
    assert "html" not in str(error)


async def test_a_page_instead_of_ok_is_no_acceptance(slack: FakeSlack) -> None:
    error = await error_of(slack, (200, "<!DOCTYPE html><p>Log in", {}))
    assert error.retriable


async def test_a_redirect_is_not_followed(slack: FakeSlack) -> None:
    async with fake_slack() as elsewhere:
        error = await error_of(slack, (307, "", {"Location": elsewhere.url}))
        assert elsewhere.requests == 0
    assert error.retriable
    assert "redirect (307)" in str(error)


async def test_silence_ends_at_the_deadline(slack: FakeSlack) -> None:
    error = await error_of(slack, HANG, timeout_seconds=0.3)
    assert error.retriable
    assert error.doubtful
    assert str(error) == "Slack did not answer within 0.3 s"


async def test_a_connection_that_breaks_is_worth_another_try(slack: FakeSlack) -> None:
    error = await error_of(slack, CLOSE)
    assert error.retriable
    assert error.doubtful
    assert str(error).startswith("Slack cannot be reached: ")


async def test_nobody_listens() -> None:
    async with notifier(f"http://127.0.0.1:{unused_port()}/services/{SECRET}") as one:
        with pytest.raises(DeliveryError, match="Slack cannot be reached: ClientConnectorError") as caught:
            await one.send(make_alert())
    assert caught.value.retriable
    assert not caught.value.doubtful


async def test_an_address_that_no_program_can_read_is_refused() -> None:
    broken = channel("https://hooks.slack.example/").model_copy(update={"webhook_url": SecretStr("https://a:port/x")})
    one = SlackNotifier(broken)
    with pytest.raises(DeliveryRefused, match="correct the secret"):
        await one.send(make_alert())
    await one.close()


async def test_it_works_again_after_trouble(slack: FakeSlack) -> None:
    slack.answers = [(500, "", {}), CLOSE]
    async with notifier(slack.url) as one:
        for _ in range(2):
            with pytest.raises(DeliveryError):
                await one.send(make_alert())
        await one.send(make_alert())
    assert len(slack.accepted) == 1


async def test_the_environments_proxy_is_not_used_where_it_is_excepted(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with notifier(slack.url) as one:
        await one.send(make_alert())
    assert len(slack.accepted) == 1


async def test_the_address_stays_secret_at_every_level(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    written = io.StringIO()
    logs.configure("debug")
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(written)])
    logging.getLogger("probe").debug("shown")
    slack.answers = [(500, "", {}), (404, "no_service", {}), CLOSE, (429, "", {})]
    async with notifier(slack.url) as one:
        for _ in range(4):
            with pytest.raises(DeliveryError) as caught:
                await one.send(make_alert())
            assert SECRET not in str(caught.value) + repr(caught.value)
            assert caught.value.__cause__ is None
        await one.send(make_alert())
        assert SECRET not in repr(one) + repr(vars(one))
    assert "shown" in written.getvalue()
    assert SECRET not in written.getvalue()
    assert "old town" not in written.getvalue()


async def test_two_alerts_at_once_arrive_both(slack: FakeSlack) -> None:
    async with notifier(slack.url) as one:
        await asyncio.gather(one.send(make_alert("one")), one.send(make_alert("two")))
    assert len(slack.accepted) == 2
