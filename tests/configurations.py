"""Configuration files for tests, and the faults that loading them tells."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import ConfigError


def write(folder: Path, main: str = "", **others: str) -> Path:
    """Write monitor.yaml and others of this folder; the path of the first."""
    for name, text in {"monitor": main, **others}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "monitor.yaml"


def faults_of(load: Callable[..., Any], path: Path, **more: Any) -> list[str]:
    """What is wrong with a file, each fault as people see it from the file's folder."""
    with pytest.raises(ConfigError) as caught:
        load(path, **more)
    return [str(fault).removeprefix(f"{path.parent}/") for fault in caught.value.faults]
