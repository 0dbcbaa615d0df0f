import subprocess
import sys

import pytest

from monitor import killpoints
from monitor.errors import ConfigError
from monitor.settings import arm_kill_point

PROGRAM = """
from monitor.killpoints import reached
from monitor.settings import arm_kill_point
arm_kill_point({environment})
for number in range(1, 6):
    reached("notify.sent")
    reached("poll.published")
    print(number, flush=True)
"""


def run(environment: dict[str, str]) -> tuple[int, list[str]]:
    program = PROGRAM.format(environment=environment)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout.split()


def test_a_process_ends_at_the_named_boundary_when_it_is_reached_that_often() -> None:
    assert run({"MONITOR_KILL_AT": "notify.sent:3"}) == (-9, ["1", "2"])


@pytest.mark.parametrize("environment", [{}, {"MONITOR_KILL_AT": ""}, {"MONITOR_KILL_AT": "notify.pending:1"}])
def test_nothing_happens_where_nothing_is_armed_or_another_boundary_is(environment: dict[str, str]) -> None:
    assert run(environment) == (0, ["1", "2", "3", "4", "5"])


@pytest.mark.parametrize("wish", ["notify.sent", "notify.sent:0", "notify.sent:-1", "notify.sent:x", "no.such:1", ":1"])
def test_a_wish_that_cannot_be_met_is_a_fault_that_names_what_can(wish: str) -> None:
    with pytest.raises(ConfigError, match=r"MONITOR_KILL_AT: expected NAME:COUNT.*notify\.sent"):
        arm_kill_point({"MONITOR_KILL_AT": wish})


def test_names_are_told_apart() -> None:
    assert len(set(killpoints.POINTS)) == len(killpoints.POINTS)
