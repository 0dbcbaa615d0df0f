"""What the image is made of, and the script that makes it, run in a bare folder."""

import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor import __version__
from tests.deploy.conftest import ROOT, missing

SCRIPT = ROOT / "deploy" / "install.sh"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
OFFLINE = ("No matching distribution", "Could not find a version", "Connection", "ReadTimeout", "Temporary failure")


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path | None = None, seconds: float = 60) -> str:
    """Standard output; where the command fails, the test does, with all that it said."""
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, check=False, timeout=seconds, env=env, cwd=cwd
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Installed:
    target: Path
    cache: Path

    def monitor(self, *arguments: str | Path) -> str:
        """The installed program with nothing of this environment, away from the source."""
        environment = {"MONITOR_CACHE_DIR": str(self.cache), "HOME": str(self.cache), "KAFKA_BOOTSTRAP": "kafka:9092"}
        return run(self.target / "bin" / "monitor", *arguments, env=environment, cwd=self.target)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("install")
    target, cache = folder / "program", folder / "cache"
    done = subprocess.run(
        ["env", f"PYTHON={sys.executable}", "sh", SCRIPT, target, cache],
        capture_output=True,
        text=True,
        check=False,
        timeout=840,
        cwd=folder,
    )
    if done.returncode and any(sign in done.stderr for sign in OFFLINE):
        missing("no package index answers")
    assert done.returncode == 0, done.stdout + done.stderr
    return Installed(target, cache)


@pytest.mark.timeout(900)
class TestInstall:
    def test_gives_a_program_that_starts(self, installed: Installed) -> None:
        assert __version__ in installed.monitor("--version")

    def test_gives_a_program_that_checks_a_configuration(self, installed: Installed) -> None:
        assert installed.monitor("check", "--config", ROOT / "deploy" / "config" / "monitor.yaml") == ""

    def test_installs_the_package_and_not_a_link_to_the_source(self, installed: Installed) -> None:
        where = run(installed.target / "bin" / "python", "-c", "import monitor; print(monitor.__file__)", cwd=Path("/"))
        assert Path(where.strip()).is_relative_to(installed.target)

    def test_leaves_no_build_tools(self, installed: Installed) -> None:
        names = {path.name.split("-")[0].lower() for path in installed.target.glob("lib/*/site-packages/*.dist-info")}
        assert "newsmonitor" in names
        assert not names & {"pip", "hatchling", "wheel", "pytest", "editables"}

    def test_prepares_a_gazetteer_that_any_user_can_read(self, installed: Installed) -> None:
        files = [path for path in installed.cache.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) > 1_000_000
        for path in [installed.cache, *installed.cache.rglob("*")]:
            wanted = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
            assert path.stat().st_mode & wanted == wanted, path

    def test_leaves_an_existing_folder_alone(self, installed: Installed) -> None:
        before = sorted(installed.target.iterdir())
        done = subprocess.run(
            ["sh", SCRIPT, installed.target, installed.cache], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 2
        assert "is not empty" in done.stderr
        assert sorted(installed.target.iterdir()) == before


def test_install_says_how_it_is_used() -> None:
    done = subprocess.run(["sh", SCRIPT], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "TARGET CACHE" in done.stderr


class TestDockerfile:
    text = DOCKERFILE.read_text(encoding="utf-8")
    final = text.rpartition("\nFROM ")[2]

    def test_has_two_stages_and_builds_in_the_first(self) -> None:
        assert len(re.findall(r"^FROM \S+:\S+", self.text, re.M)) == 2
        assert "install.sh" in self.text
        assert "install.sh" not in self.final
        assert "pip" not in self.final

    def test_runs_as_a_user_without_rights(self) -> None:
        (user,) = re.findall(r"^USER (\d+):(\d+)$", self.final, re.M)
        assert all(int(number) >= 10_000 for number in user)

    def test_has_one_entry_point(self) -> None:
        assert re.findall(r"^ENTRYPOINT (.+)$", self.final, re.M) == ['["monitor"]']

    def test_everything_it_copies_is_there_and_not_ignored(self) -> None:
        ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        kept = {line.removeprefix("!") for line in ignored if line.startswith("!")}
        sources = [name for line in re.findall(r"^COPY (?!--from)(.+)$", self.text, re.M) for name in line.split()[:-1]]
        assert sources
        for name in sources:
            assert (ROOT / name).exists(), name
            assert name.rstrip("/") in kept, name

    def test_the_package_finds_all_that_its_build_reads(self) -> None:
        copied = re.search(r"cp -R (.+) \"", SCRIPT.read_text(encoding="utf-8"))
        assert copied
        for name in copied[1].split():
            assert re.search(rf"^COPY .*\b{re.escape(name)}\b", self.text, re.M), name


@pytest.mark.parametrize("name", ["build", "run"])
def test_requirements_are_pinned_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[A-Za-z0-9._-]+(\[[^]]+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line
    assert "index" not in text
    assert "://" not in text
