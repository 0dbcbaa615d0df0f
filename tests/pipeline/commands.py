"""`monitor` as people run it: a process of its own, with bounded time and an orderly end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SECONDS = 90.0


def monitor(
    *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        _command(*arguments),
        cwd=cwd,
        env=_environment(env),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


class Running:
    """A command that goes on until it is stopped; what it prints is read as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.out, self.err = list[str](), list[str]()
        assert process.stdout is not None
        assert process.stderr is not None
        streams = ((process.stdout, self.out), (process.stderr, self.err))
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,), daemon=True) for stream, lines in streams
        ]
        for reader in self._readers:
            reader.start()

    def until(self, met: Callable[["Running"], bool], *others: "Running") -> None:
        """Return once the condition is met. Fails with what this and the others printed where that takes too long."""
        deadline = time.monotonic() + SECONDS
        while not met(self):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}:\n{self.text}"
            said = "\n--\n".join(one.text for one in (self, *others))
            assert time.monotonic() < deadline, f"nothing of the kind after {SECONDS} s:\n{said}"
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask it to end, as an orchestrator would, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(SECONDS)
        self.close()
        return code

    def close(self) -> None:
        """Read what is left and let go of the pipes of a process that has ended."""
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    @property
    def text(self) -> str:
        """All it printed."""
        return "".join(self.out) + "".join(self.err)


@contextmanager
def running(*arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[Running]:
    """A command at work; killed at the end of the block where it still is."""
    process = subprocess.Popen(
        _command(*arguments), cwd=cwd, env=_environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    command = Running(process)
    try:
        yield command
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        command.close()


def _command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error::ResourceWarning", "-m", "monitor", *map(str, arguments)]


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "KAFKA_BOOTSTRAP"}  # noqa: TID251
    return {**inherited, "PYTHONUNBUFFERED": "1", "COLUMNS": "120", **(more or {})}
