"""Where this program keeps what is slow to make anew."""

from pathlib import Path


def folder(given: Path | None) -> Path:
    """The folder that was named, or the one of this user."""
    return given or Path.home() / ".cache" / "newsmonitor"
