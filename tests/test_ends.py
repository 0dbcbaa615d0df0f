"""The end of a process: orderly, or at once where that takes too long."""

import subprocess
import sys


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)


def test_a_process_that_hangs_at_its_end_is_ended() -> None:
    done = run("import time; from monitor.ends import end_within; end_within(0.2); time.sleep(20)")
    assert done.returncode == 1
    assert "did not come to an orderly end within 0 s" in done.stderr


def test_one_that_ends_by_itself_is_not_held_up() -> None:
    assert run("from monitor.ends import end_within; end_within(20)").returncode == 0
