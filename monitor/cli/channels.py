"""`monitor channels list|test`: what alerts can be sent to, and whether they arrive."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from monitor.model import Alert
    from monitor.settings import Channel

_CONFIG = click.option("--config", type=click.Path(path_type=Path), help="The configuration; default: monitor.yaml.")
_JSON = click.option("--json", "as_json", is_flag=True, help="JSON lines instead of a table.")


@click.group("channels")
def command() -> None:
    """List channels, or send a test alert to one."""


@command.command("list")
@_CONFIG
@_JSON
def list_channels(config: Path | None, as_json: bool) -> None:
    """Show each channel: its name, its kind and where it leads. Secrets are not shown."""
    from monitor.settings import load_settings

    rows = [describe(channel) for channel in load_settings(config).channels]
    if as_json:
        _print_json(rows)
    elif not rows:
        click.echo("No channels are configured: add some under `channels:` in monitor.yaml.", err=True)
    for row in rows if not as_json else ():
        click.echo(f"{row['id']:<24} {row['kind']:<8} {row['to']}".rstrip())


@command.command("test")
@click.argument("name")
@_CONFIG
@_JSON
def test_channel(name: str, config: Path | None, as_json: bool) -> None:
    """Send a test alert, clearly marked as one, to the channel NAME and say how that went: exit 0 or 1."""
    import asyncio

    from monitor import clock
    from monitor.settings import load_settings

    channel = _find(name, load_settings(config).channels)
    trouble = asyncio.run(_send(channel, test_alert(channel.id, clock.now())))
    if as_json:
        _print_json([{"channel": name, "accepted": trouble is None, "error": trouble}])
    elif trouble is None:
        click.echo(f"{name}: accepted. Look whether the test alert has arrived.", err=channel.kind == "console")
    else:
        click.echo(f"monitor: {name}: {trouble}", err=True)
    sys.exit(0 if trouble is None else 1)


def describe(channel: "Channel") -> dict[str, str]:
    """A channel for people, without its secrets."""
    match channel.kind:
        case "slack":
            return {"id": channel.id, "kind": channel.kind, "to": _host(channel.webhook_url.get_secret_value())}
        case "email":
            server = f"{channel.host}:{channel.port}, {channel.security}"
            return {"id": channel.id, "kind": channel.kind, "to": f"{', '.join(channel.to)} (by {server})"}
        case _:
            return {"id": channel.id, "kind": channel.kind, "to": "standard output"}


def test_alert(channel: str, now: datetime) -> "Alert":
    """An alert that nobody can take for news; each has an id of its own, so that no mail store drops it as a repeat."""
    from monitor.model import Alert, Decision, Field, Hit, Judgement

    name = f"test-{channel}-{now.isoformat()}"
    judgement = Judgement(
        watch="(test)",
        article=name,
        revision="1",
        decision=Decision.NEW,
        told=True,
        story=name,
        reason="somebody asked for a test of this channel; nothing has happened",
        source="monitor channels test",
        title=f"TEST of the channel {channel}: this is no news",
        event_at=now,
    )
    excerpt = "What a watch has found stands out like this word."
    start = excerpt.index("this word")
    hit = Hit(field=Field.TEXT, start=start, end=start + len("this word"), text="this word", what="test")
    return Alert(
        id=name, channel=channel, judgement=judgement, loud=True, excerpt=excerpt, hits=(hit,), published_at=now
    )


def _find(name: str, channels: "tuple[Channel, ...]") -> "Channel":
    from monitor.errors import InputError

    for channel in channels:
        if channel.id == name:
            return channel
    known = ", ".join(channel.id for channel in channels) or "none is configured"
    raise InputError(f"there is no channel {name!r}; there are: {known}")


async def _send(channel: "Channel", alert: "Alert") -> str | None:
    """Why the channel did not accept the alert; None = it did."""
    from monitor.errors import DeliveryError
    from monitor.notify.notifier import open_notifiers

    async with open_notifiers([channel], sys.stdout) as notifiers:
        try:
            await notifiers[channel.id].send(alert)
        except DeliveryError as error:
            again = "; trying again later may help" if error.retriable else ""
            return f"{error}{again}"
    return None


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return f"{urlsplit(url).hostname} (the rest of the address is a secret)"


def _print_json(rows: list[Any]) -> None:
    import json

    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))
