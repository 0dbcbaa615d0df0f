"""`monitor watches`: the watches of a running system."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click
import orjson

from monitor import applying
from monitor.applying import Applied
from monitor.cli.connection import broker, broker_options, run
from monitor.configcheck import nearest
from monitor.core.matching.watches import WatchSet, needs_places
from monitor.core.messages.harmless import one_line
from monitor.errors import InputError
from monitor.model import Watch
from monitor.settings import load_deliverable
from monitor.watchlist import Watchlist
from monitor.watchset import load_watch_set


@click.group("watches")
def command() -> None:
    """Apply, list or remove the watches of a running system."""


def waiting(command: "click.decorators.FC") -> "click.decorators.FC":
    """The option of commands that wait until workers have a change in use."""
    return click.option(
        "--wait",
        "seconds",
        type=click.FloatRange(0),
        default=applying.WAIT_SECONDS,
        show_default=True,
        help="Seconds to wait until every worker has it in use.",
    )(command)


@command.command()
@broker_options
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@waiting
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def apply(config: Path | None, bootstrap: str | None, file: Path, seconds: float, as_json: bool) -> None:
    """Make the running system watch what FILE says: what is new or changed is sent, what is gone is removed.

    Exit 1 where a worker does not have it in use in time. Nothing is sent where anything in FILE is wrong.
    """
    connection, _ = broker(config, bootstrap)
    settings, watches = load_deliverable(file, config, bootstrap=bootstrap)
    if not as_json and needs_places(entry.watch() for entry in watches.watches):
        for line in places_taken(load_watch_set(watches, settings.cache_dir)):
            click.echo(line)
    _told(run(applying.apply(connection, watches, seconds)), as_json)


@command.command()
@broker_options
@click.argument("ids", metavar="ID…", nargs=-1, required=True)
@waiting
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def rm(config: Path | None, bootstrap: str | None, ids: tuple[str, ...], seconds: float, as_json: bool) -> None:
    """Remove watches; their stories are forgotten."""
    connection, _ = broker(config, bootstrap)
    known = [watch.id for watch in run(applying.saved(connection)).watches]
    for name in ids:
        if name not in known:
            raise InputError(f"there is no watch {name!r}{nearest(name, known)}: `monitor watches list` shows all")
    _told(run(applying.remove(connection, list(ids), seconds)), as_json)


@command.command("list")
@broker_options
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
def list_(config: Path | None, bootstrap: str | None, as_json: bool) -> None:
    """List the watches of the running system, and how many own places, concepts and homes of outlets there are."""
    held = run(applying.saved(broker(config, bootstrap)[0]))
    for watch in held.watches:
        click.echo(orjson.dumps(line_of(watch)) if as_json else page(watch))
    for key, error in held.damaged.items():
        click.echo(one_line(f"not in use: {key}: {error}"), err=True)
    if not as_json:
        click.echo(_sum(held), err=True)


def line_of(watch: Watch) -> dict[str, object]:
    """A watch as a line of JSON, in the words of a file of watches."""
    kept = watch.settings
    return {
        "id": watch.id,
        "query": watch.query,
        "channels": kept.channels,
        "alert_on": kept.alert_on,
        "window_days": kept.window_days,
        "origins": kept.origins,
        "backlog": kept.backlog,
        "allow_all": watch.allow_all,
    }


def page(watch: Watch) -> str:
    """A watch as a line for people."""
    return one_line(f"{watch.id}  → {', '.join(watch.settings.channels) or 'nobody'}: {watch.query}")


def places_taken(watches: WatchSet) -> Iterable[str]:
    """Which place each `place:` of the queries took."""
    for ref, place in sorted(watches.places.items(), key=lambda pair: pair[0].name):
        country = f", {place.country}" if place.country else ""
        yield f"place:{ref.name} is {place.name}{country} (geonames/{place.geonames_id}, {place.kind})"


def _sum(held: Watchlist) -> str:
    own = f"{len(held.places)} own places, {len(held.concepts)} own concepts, {len(held.homes)} homes of outlets"
    return f"{len(held.watches)} watches, {own}; last change: record {held.offset}"


def _told(applied: Applied, as_json: bool) -> None:
    made = applied.changes
    if as_json:
        keys = {"added": list(made.added), "changed": list(made.changed), "removed": made.removed}
        counts = {"unchanged": made.unchanged, "offset": applied.offset, "workers": applied.workers}
        click.echo(orjson.dumps({**keys, **counts, "late": applied.late}))
    else:
        click.echo(applied.line)
    sys.exit(1 if applied.late else 0)
