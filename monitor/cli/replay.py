"""`monitor replay`: stories, feeds or article lines through the whole pipeline, and what came of them."""

import asyncio
import dataclasses
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import Progress as ProgressBar

from monitor import app, clock, logs, topics, wire, workers
from monitor.cli.summary import print_summary
from monitor.cli.watching import compiled
from monitor.core.matching.watches import WatchSet
from monitor.errors import BrokerRefused, InputError
from monitor.kafka import Connection
from monitor.model import Alert, Suppressed
from monitor.replay import PARTITION, Tally, in_stream_time, replay
from monitor.settings import ConsoleChannel, HttpSettings, Project, load_project, load_settings, load_watch_file
from monitor.sources import read_articles
from monitor.tail import tail
from monitor.watchset import load_watch_set

CONSOLE = "console"


@click.command("replay")
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="Its watches and its broker.")
@click.option(
    "--watches", type=click.Path(path_type=Path, dir_okay=False), help="Watches; go before those of --config."
)
@click.option(
    "--speed", type=click.FloatRange(min=0, min_open=True), help="60 plays an hour in a minute; default: no waits."
)
@click.option("--bootstrap", metavar="HOST:PORT", help="A Kafka; default: KAFKA_BOOTSTRAP, --config, else embedded.")
@click.option("--json", "as_json", is_flag=True, help="Instead of alerts and tables, each decision as a JSON line.")
def command(  # noqa: PLR0913, PLR0917 one argument an option
    paths: tuple[str, ...],
    config: Path | None,
    watches: Path | None,
    speed: float | None,
    bootstrap: str | None,
    as_json: bool,
) -> None:
    """Replay stories, feed files or article lines; alerts go to the console, whatever their channel."""
    project = _project(config, watches, bootstrap)
    ready = (
        compiled(project.watches, watches, project.settings.cache_dir)
        if watches
        else load_watch_set(project.watches, project.settings.cache_dir)
    )
    missing = [path for path in paths if path != "-" and not Path(path).exists()]
    if missing:
        raise InputError(f"no such file or folder: {', '.join(missing)}")
    logs.configure("warning", libraries="critical")  # a Kafka that has just started makes its clients complain
    tally, faults = Tally(), list[str]()
    with _console(as_json) as console:
        asyncio.run(_replay(project, ready, _Reports(paths, speed), _Outcome(tally, faults, console)))
    if as_json:
        for line in tally.lines():
            click.echo(line)
    else:
        print_summary(tally, Console(file=sys.stdout, highlight=False))
    sys.exit(1 if faults else 0)


def _project(config: Path | None, watches: Path | None, bootstrap: str | None) -> Project:
    """The configuration with every channel turned into the console, and a free port for /metrics."""
    if config is None and watches is None:
        raise click.UsageError("which watches? Give --watches FILE, or --config FILE (`monitor init` writes one)")
    if config is not None:
        project = load_project(config, bootstrap=bootstrap)
    else:
        project = Project(load_settings(bootstrap=bootstrap))
    if watches is not None:
        project = dataclasses.replace(project, watches=load_watch_file(watches))
    return _to_console(project)


def _to_console(project: Project) -> Project:
    entries = tuple(
        entry if entry.channels else entry.model_copy(update={"channels": (CONSOLE,)})
        for entry in project.watches.watches
    )
    names = dict.fromkeys(channel for entry in entries for channel in entry.channels)
    channels = tuple(ConsoleChannel(id=name, kind="console") for name in names)
    settings = project.settings.model_copy(update={"channels": channels, "http": HttpSettings(port=0)})
    return Project(settings, (), project.watches.model_copy(update={"watches": entries}))


@dataclass(frozen=True, slots=True)
class _Reports:
    """What is replayed, and how fast."""

    paths: tuple[str, ...]
    speed: float | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where what comes of a replay goes."""

    tally: Tally
    faults: list[str]
    console: TextIO

    def report(self, fault: str) -> None:
        self.faults.append(fault)
        click.echo(f"skipped: {fault}", err=True)


@contextmanager
def _console(quiet: bool) -> Iterator[TextIO]:
    if quiet:
        with open(os.devnull, "w") as nowhere:
            yield nowhere
    else:
        yield sys.stdout


async def _replay(project: Project, watches: WatchSet, reports: _Reports, outcome: _Outcome) -> None:
    now = clock.now()
    articles = in_stream_time(read_articles(*reports.paths, first_seen_at=now, on_error=outcome.report), now)
    partitions = project.settings.kafka.partitions
    watched = (topics.ALERTS, topics.SUPPRESSED, topics.DEADLETTERS)
    async with (
        _broker_of_its_own(project) as connection,
        app.running(project, connection, watches, ("notify", "stream"), outcome.console) as roles,
        tail(connection, watched, partitions, lambda record: _count(outcome.tally, record)) as reader,
    ):
        publish = roles.outbox.publisher("replay", PARTITION)
        with _progress_bar() as read:
            played = replay(articles, publish, reports.speed, lambda _: read(outcome.tally), outcome.report)
            await app.finish_or_fail(roles, played)
            await app.finish_or_fail(roles, app.drained(roles, connection))
        await reader.caught_up()


@asynccontextmanager
async def _broker_of_its_own(project: Project) -> AsyncIterator[Connection]:
    """The broker, unless others are at work on it: a replay takes part in its groups and would take their work."""
    async with app.broker(project.settings.kafka) as connection:
        if not connection.embedded and (others := await workers.in_use(connection, app.GROUPS)):
            raise BrokerRefused(
                f"the Kafka at {connection.bootstrap} is in use: {others}. A replay needs one of its own: name another,"
                " or leave out --bootstrap (and KAFKA_BOOTSTRAP) for the embedded broker"
            )
        yield connection


def _count(tally: Tally, record: Any) -> None:
    if record.topic == topics.DEADLETTERS.name:
        tally.deadletters += 1
    elif record.topic == topics.ALERTS.name:
        tally.alert(wire.decode(record.value, Alert))
    else:
        tally.silence(wire.decode(record.value, Suppressed))


@contextmanager
def _progress_bar() -> Iterator[Any]:
    """A counter on a terminal, nothing elsewhere; yields what counts one article."""
    console = Console(stderr=True)
    with ProgressBar(
        "{task.description}",
        "{task.completed} articles",
        console=console,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("replaying", total=None)

        def read(tally: Tally) -> None:
            tally.read += 1
            bar.advance(task)

        yield read
