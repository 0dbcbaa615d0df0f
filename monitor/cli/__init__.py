"""The command line: one small module a command, imported only when it is called, so that each starts quickly."""

import sys
from importlib import import_module
from typing import Any

import click

from monitor import __version__
from monitor.errors import MonitorError

# command → what `monitor --help` says of it; the module monitor.cli.<command> holds a click command named `command`.
COMMANDS = {
    "init": "Write a starter configuration.",
    "check": "Report every fault of a configuration.",
    "parse": "Feed files to entries, as JSON lines.",
    "locate": "The places that articles name, as JSON lines.",
    "match": "Which watches articles satisfy, as JSON lines.",
    "judge": "What each article is to each watch: new, copy, update …, as JSON lines.",
    "explain": "Why one article does, or does not, satisfy a watch.",
    "replay": "Stories, feeds or article lines through the whole pipeline.",
    "run": "All roles in one process.",
    "poll": "The role that polls feeds.",
    "stream": "The role that matches and judges.",
    "notify": "The role that delivers alerts.",
    "places": "Import the places of a GeoNames dump.",
    "topics": "Create or check the topics.",
    "watches": "Apply, list or remove the watches of a running system.",
    "stories": "List the stories of watches, or show one: every article, what was decided of it, and why.",
    "channels": "List channels, or send a test alert to one.",
    "deadletters": "List, show or replay what could not be handled.",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"monitor.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            click.echo(f"monitor: {error}", err=True)
            sys.exit(2)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="monitor")
def main() -> None:
    """Watch news feeds, tell the right people the right things once, and say why."""
