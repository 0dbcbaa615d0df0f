"""The scripts that people and machines call: they parse, and they call what exists."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.conftest import ROOT

RUN = ROOT / ".ci" / "run"
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize(("shell", "script"), [("bash", RUN), ("sh", ROOT / "deploy" / "install.sh")])
def test_scripts_parse_and_can_be_run(shell: str, script: Path) -> None:
    done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    assert script.stat().st_mode & 0o111


def stub(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def ci(tmp_path: Path, make: str, *, with_helm: bool) -> "subprocess.CompletedProcess[str]":
    """Run the script with stubs in place of make, go and, if wanted, helm; each writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("dirname", "sh", "bash", "env"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    stub(folder, "make", f'echo "make $1 CI=$CI"; {make}')
    stub(folder, "go", 'echo "go $* into $GOBIN"')
    if with_helm:
        stub(folder, "helm", "echo v3")
    environment = {"PATH": str(folder), "HOME": str(tmp_path)}
    return subprocess.run([str(RUN)], capture_output=True, text=True, check=False, timeout=30, env=environment)


def test_ci_runs_the_demo_then_the_tests_and_ends_with_them(tmp_path: Path) -> None:
    done = ci(tmp_path, "true", with_helm=True)
    assert done.returncode == 0, done.stderr
    calls = re.findall(r"^make (\w+) CI=true$", done.stdout, re.M)
    assert calls == ["demo", "test"]
    assert done.stdout.endswith("make test CI=true\n")
    assert "go install" not in done.stdout
    assert set(calls) <= TARGETS


def test_ci_installs_helm_where_there_is_none(tmp_path: Path) -> None:
    done = ci(tmp_path, "true", with_helm=False)
    assert f"go install helm.sh/helm/v3/cmd/helm@latest into {tmp_path}/go/bin" in done.stdout


def test_ci_fails_where_the_demo_fails(tmp_path: Path) -> None:
    done = ci(tmp_path, "exit 3", with_helm=True)
    assert done.returncode != 0
    assert "make test" not in done.stdout.replace("== make test", "")


def test_hooks_call_what_exists_and_fetch_nothing() -> None:
    found = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repository["repo"] for repository in found["repos"]} == {"local"}
    entries = [hook["entry"] for repository in found["repos"] for hook in repository["hooks"]]
    assert "make lint" in entries
    assert "lint" in TARGETS
