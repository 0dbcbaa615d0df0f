"""What `monitor run`, `poll`, `stream` and `notify` share: start roles, and stop them as they should be."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from monitor import app, ends, logs
from monitor.applying import apply
from monitor.core.matching.watches import WatchSet
from monitor.errors import MonitorError
from monitor.settings import Project, arm_kill_point, load_project
from monitor.watchset import load_watch_set


def role_command(name: str, help_text: str, roles: Sequence[str]) -> click.Command:
    """A command that runs these roles until it is told to stop."""

    @click.command(name, help=help_text)
    @click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Default: monitor.yaml here.")
    @click.option("--bootstrap", metavar="HOST:PORT", help="The broker; default: KAFKA_BOOTSTRAP, --config.")
    def command(config: Path | None, bootstrap: str | None) -> None:
        project = load_project(config, bootstrap=bootstrap)
        arm_kill_point()
        _refuse_lonely_role(name, project)
        logs.configure(project.settings.log.level, json=project.settings.log.format == "json")
        sys.exit(asyncio.run(_run(project, _own_watches(name, project), roles)))

    return command


def _own_watches(name: str, project: Project) -> WatchSet | None:
    """The watches of the configuration's own file; None where those of news.watches count.

    A worker of several that was started with an older file must not undo what was applied since.
    """
    settings = project.settings
    if name == "run" and settings.kafka.bootstrap:
        return None
    named = (settings.watches is not None and not settings.stream.follow) or not settings.kafka.bootstrap
    return load_watch_set(project.watches, settings.cache_dir) if named and name in ("run", "stream") else None


def _refuse_lonely_role(name: str, project: Project) -> None:
    if name != "run" and not project.settings.kafka.bootstrap:
        raise click.UsageError(
            f"`monitor {name}` is one role of several, and they meet on a Kafka: name it with --bootstrap HOST:PORT,"
            " KAFKA_BOOTSTRAP or kafka.bootstrap. `monitor run` does all roles in one process, without a Kafka"
        )


async def _run(project: Project, watches: WatchSet | None, names: Sequence[str]) -> int:
    """The exit code: 0 where it was told to stop, 1 where a role cannot go on. Raises MonitorError before it runs."""
    stop, up = ends.stop_on_signals(), asyncio.Event()
    work = asyncio.create_task(_work(project, watches, names, stop, up))
    told = asyncio.create_task(stop.wait())
    await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if work.done() or up.is_set():
        return await work
    ends.end_within(ends.STOP_SECONDS)
    work.cancel()  # it was still starting, and has nothing in hand
    await asyncio.gather(work, return_exceptions=True)
    return 0


async def _work(
    project: Project, watches: WatchSet | None, names: Sequence[str], stop: asyncio.Event, up: asyncio.Event
) -> int:
    async with app.broker(project.settings.kafka) as connection:
        if connection.embedded:
            click.echo(
                "No Kafka is named, so the embedded broker is used: what it holds ends with this process.", err=True
            )
        elif "poll" in names and "stream" in names and project.settings.watches is not None:
            click.echo((await apply(connection, project.watches)).line, err=True)
        async with app.running(project, connection, watches, names, sys.stdout) as roles:
            up.set()
            click.echo(
                f"Running {', '.join(names)}. /metrics and /healthz are on port {roles.port}; Ctrl-C stops.", err=True
            )
            code = await _until_stopped(roles, stop)
            ends.end_within(ends.STOP_SECONDS)
    return code


async def _until_stopped(roles: app.Roles, stop: asyncio.Event) -> int:
    try:
        await app.run_until_stopped(roles, stop)
    except MonitorError as error:
        click.echo(f"monitor: {error}", err=True)
        return 1
    return 0
