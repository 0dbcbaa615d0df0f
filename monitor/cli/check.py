"""`monitor check`: every fault of a configuration, or nothing."""

import sys
from pathlib import Path

import click


@click.command("check")
@click.option("--config", type=click.Path(path_type=Path), help="The file to check; default: monitor.yaml.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of the configuration instead.")
def command(config: Path | None, schema: bool) -> None:
    """Report every fault of a configuration with file, line and what was expected.

    Nothing is printed where there is none; otherwise the exit code is 2.
    """
    from monitor.errors import ConfigError
    from monitor.settings import load_project

    if schema:
        click.echo(_schema())
        return
    try:
        load_project(config)
    except ConfigError as error:
        for fault in error.faults:
            click.echo(fault, err=True)
        sys.exit(2)


def _schema() -> str:
    """One JSON schema: monitor.yaml at the root, the other files as $defs/FeedFile and $defs/WatchFile."""
    import json

    from pydantic.json_schema import models_json_schema

    from monitor.settings import FeedFile, Settings, WatchFile

    _, schema = models_json_schema([(model, "validation") for model in (Settings, FeedFile, WatchFile)])
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "monitor.yaml; feeds.yaml is #/$defs/FeedFile, watches.yaml is #/$defs/WatchFile",
        "$ref": "#/$defs/Settings",
    }
    return json.dumps({**root, **schema}, indent=2)
