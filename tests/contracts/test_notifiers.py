"""One suite for every notifier: what the worker relies on, asserted on what the destination received."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from monitor.core.messages.messages import compose, plain_text
from monitor.errors import DeliveryError, DeliveryRefused
from monitor.notify.notifier import Notifier, open_notifiers
from monitor.settings import Channel, ConsoleChannel, EmailChannel, SlackChannel
from tests.notify.alerts import HOSTILE, make_alert, numbered
from tests.notify.recording import RecordingNotifier
from tests.notify.servers import SECRET, FakeSlack, Mailbox, fake_slack, mail_server, unused_port

UNSHOWN = {*map(chr, [*range(9), *range(11, 32), *range(127, 160)]), *"\u2028\u2029\u202a\u202e\u2066\u2069\ud83d"}


@dataclass
class Place:
    """A notifier with the means to look at, and to disturb, its destination."""

    notifier: Notifier
    received: Callable[[], Sequence[str]]
    be_busy: Callable[[], None] | None = None  # for one message
    refuse: Callable[[], None] | None = None  # likewise


def slack_channel(url: str) -> SlackChannel:
    fields = {"id": "desk", "kind": "slack", "webhook_url": {"env": "URL"}, "timeout_seconds": 5}
    return SlackChannel.model_validate(fields, context={"environment": {"URL": url}})


def email_channel(port: int, **fields: Any) -> EmailChannel:
    ours = {"id": "desk", "kind": "email", "host": "localhost", "port": port, "security": "none", "timeout_seconds": 5}
    return EmailChannel.model_validate({**ours, "sender": "m@news.example.org", "to": ["d@example.org"], **fields})


@asynccontextmanager
async def one(channel: Channel, console: io.StringIO | None = None) -> AsyncIterator[Notifier]:
    async with open_notifiers([channel], console or io.StringIO()) as notifiers:
        yield notifiers[channel.id]


def slack_texts(slack: FakeSlack) -> list[str]:
    return [
        "\n".join([message["text"], *(block["text"]["text"] for block in message["blocks"])])
        for message in slack.accepted
    ]


def mail_texts(box: Mailbox) -> list[str]:
    return ["\n".join([mail["Subject"], *(part.get_content() for part in mail.iter_parts())]) for mail in box.mails]


async def console_place(stack: AsyncExitStack) -> Place:
    stream = io.StringIO()
    notifier = await stack.enter_async_context(one(ConsoleChannel(id="desk", kind="console"), stream))
    return Place(notifier, lambda: [block for block in stream.getvalue().split("\n\n\n") if block])


async def slack_place(stack: AsyncExitStack) -> Place:
    slack = await stack.enter_async_context(fake_slack())
    notifier = await stack.enter_async_context(one(slack_channel(slack.url)))
    return Place(
        notifier,
        lambda: slack_texts(slack),
        lambda: slack.answers.append((429, "rate_limited", {"Retry-After": "2"})),
        lambda: slack.answers.append((410, "channel_is_archived", {})),
    )


async def email_place(stack: AsyncExitStack) -> Place:
    box = await stack.enter_async_context(mail_server())
    notifier = await stack.enter_async_context(one(email_channel(box.port)))
    return Place(
        notifier,
        lambda: mail_texts(box),
        lambda: box.data.append("451 4.3.2 later"),
        lambda: box.data.append("550 5.7.1 never"),
    )


async def recording_place(_stack: AsyncExitStack) -> Place:
    notifier = RecordingNotifier()
    return Place(
        notifier,
        lambda: [plain_text(compose(alert)) for alert in notifier.accepted],
        lambda: notifier.answers.append(DeliveryError("busy", 2)),
        lambda: notifier.answers.append(DeliveryRefused("never")),
    )


PLACES = {"recording": recording_place, "console": console_place, "slack": slack_place, "email": email_place}
REMOTE = {name: PLACES[name] for name in ("recording", "slack", "email")}


@pytest.fixture(params=PLACES)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield await PLACES[request.param](stack)


@pytest.fixture(params=REMOTE)
async def remote(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        yield await PLACES[request.param](stack)


async def test_what_arrives_says_what_happened_where_it_is_from_and_why(place: Place) -> None:
    await place.notifier.send(make_alert())
    received = "\n".join(place.received())
    for part in (
        "water",
        "Water returns to the old town",
        "Harbour Post",
        "https://post.example.org/water",
        "2026-03-03 12:00 UTC",
        "Engineers opened the main valve in ",
        "first report of its story",
        "place:Raqqa (“Raqa”)",
    ):
        assert part in received


async def test_what_may_be_a_repeat_says_so_and_nothing_else_does(place: Place) -> None:
    await place.notifier.send(make_alert())
    assert "Possibly repeated" not in "\n".join(place.received())
    await place.notifier.send(make_alert(perhaps_repeated=True))
    assert "Possibly repeated" in place.received()[-1]


async def test_hits_stand_out(place: Place) -> None:
    await place.notifier.send(make_alert())
    assert any(marked in "\n".join(place.received()) for marked in ("[Raqa]", "*Raqa*", "<mark>Raqa</mark>"))


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE)
async def test_hostile_texts_arrive_harmless(place: Place, title: str) -> None:
    await place.notifier.send(make_alert(title, source=title, watch=title, reason=title, excerpt=title, hits=()))
    received = "\n".join(place.received()).replace("\r\n", "\n")
    assert received
    assert not set(received) & UNSHOWN


async def test_an_alert_without_anything_optional_arrives(place: Place) -> None:
    await place.notifier.send(make_alert("", url=None, excerpt="", hits=(), source="", published_at=None))
    assert "(no headline)" in "\n".join(place.received())


async def test_it_keeps_no_memory_of_what_it_sent(place: Place) -> None:
    for _ in range(2):
        await place.notifier.send(make_alert())
    assert "\n".join(place.received()).count("Why") >= 2


async def test_alerts_sent_at_once_all_arrive(place: Place) -> None:
    await asyncio.gather(*(place.notifier.send(numbered(number)) for number in range(5)))
    received = "\n".join(place.received())
    assert all(f"Headline {number}" in received for number in range(5))


async def test_closing_twice_is_fine(place: Place) -> None:
    await place.notifier.send(make_alert())
    await place.notifier.close()
    await place.notifier.close()


async def test_the_pause_between_messages_is_known(place: Place) -> None:
    assert place.notifier.interval_seconds >= 0


async def test_a_busy_destination_is_worth_another_try(remote: Place) -> None:
    assert remote.be_busy is not None
    remote.be_busy()
    with pytest.raises(DeliveryError) as caught:
        await remote.notifier.send(make_alert())
    assert caught.value.retriable
    assert remote.received() == []
    await remote.notifier.send(make_alert())
    assert len(remote.received()) == 1


async def test_a_refusal_is_final(remote: Place) -> None:
    assert remote.refuse is not None
    remote.refuse()
    with pytest.raises(DeliveryRefused) as caught:
        await remote.notifier.send(make_alert())
    assert not caught.value.retriable
    assert remote.received() == []


@pytest.mark.parametrize("kind", ["slack", "email"])
async def test_a_destination_that_is_away_is_worth_another_try(kind: str) -> None:
    port = unused_port()
    away = slack_channel(f"http://127.0.0.1:{port}/{SECRET}") if kind == "slack" else email_channel(port)
    async with one(away) as notifier:
        with pytest.raises(DeliveryError) as caught:
            await notifier.send(make_alert())
    assert caught.value.retriable


async def test_errors_hold_no_secret_and_nothing_of_the_alert(remote: Place) -> None:
    assert remote.be_busy is not None
    assert remote.refuse is not None
    for disturb in (remote.be_busy, remote.refuse):
        disturb()
        with pytest.raises(DeliveryError) as caught:
            await remote.notifier.send(make_alert())
        for text in (SECRET, "old town", "post.example.org", "valve"):
            assert text not in f"{caught.value!r} {caught.value.__cause__!r}"


async def test_notifiers_come_by_the_names_of_their_channels() -> None:
    channels = (ConsoleChannel(id="screen", kind="console"), email_channel(25))
    async with open_notifiers(channels, io.StringIO()) as notifiers:
        assert list(notifiers) == ["screen", "desk"]
