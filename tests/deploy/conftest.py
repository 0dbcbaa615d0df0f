"""Where the tests of the chart and the image find their tools."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from click.testing import CliRunner

from monitor.cli.check import command as check

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "newsmonitor"

Objects = list[dict[str, Any]]
Helm = Callable[..., "subprocess.CompletedProcess[str]"]
Check = Callable[[Path, Mapping[str, str]], str]


def missing(what: str) -> NoReturn:
    """Skip for want of a tool, or fail where the run may skip nothing."""
    if os.environ.get("CI") == "true":  # noqa: TID251 the run's own setting, not the program's
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def helm() -> Helm:
    """Runs helm, which says on standard error what it refuses."""
    found = shutil.which("helm") or shutil.which(str(Path.home() / "go" / "bin" / "helm"))
    if found is None:
        missing("helm is not installed: go install helm.sh/helm/v3/cmd/helm@latest")

    def run(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([found, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)

    return run


@pytest.fixture(scope="session")
def render(helm: Helm) -> Callable[..., Objects]:
    """The objects that the chart makes of the given values."""

    def run(*arguments: str | Path) -> Objects:
        done = helm("template", "news", CHART, *arguments)
        assert done.returncode == 0, done.stderr
        return [found for found in yaml.safe_load_all(done.stdout) if found]

    return run


@pytest.fixture
def faults() -> Check:
    """What `monitor check` says of a monitor.yaml with this environment: "" where all is well."""

    def run(config: Path, environment: Mapping[str, str]) -> str:
        done = CliRunner().invoke(check, ["--config", str(config)], env=environment)
        assert (done.exit_code == 0) == (done.output == ""), done.output
        return done.output

    return run
