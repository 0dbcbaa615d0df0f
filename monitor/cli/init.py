"""`monitor init`: a configuration to start from."""

from importlib.resources import files
from pathlib import Path

import click

from monitor.errors import InputError

STARTER = ("monitor.yaml", "feeds.yaml", "watches.yaml")


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="[DIR]")
def command(folder: Path) -> None:
    """Write a configuration to start from into DIR (default: the current folder); nothing is overwritten."""
    there = [str(folder / name) for name in STARTER if (folder / name).exists()]
    if there:
        raise InputError(f"nothing was written, since this would be lost: {', '.join(there)}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in STARTER:
            _write(folder / name, files("monitor").joinpath("data", "starter", name).read_bytes())
    except OSError as error:
        raise InputError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    change = "" if folder == Path() else f"cd {folder} && "
    click.echo(f"Wrote {', '.join(str(folder / name) for name in STARTER)}.")
    click.echo(f"Edit them, then try: {change}monitor check && monitor run")


def _write(path: Path, content: bytes) -> None:
    """Write a new file that others may read and not change, whatever the umask says."""
    with path.open("xb") as file:
        file.write(content)
    path.chmod(0o644)
