"""`python -m tests.chaos --kills N --seed S`: exit 1, and the evidence kept, where anything was lost."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from monitor import killpoints
from tests.chaos.report import faults, keep, table
from tests.chaos.run import ROLES, Plan, Result, run


def main() -> None:
    """Run, print the table, keep the evidence of a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--kills", type=int, default=30, help="ends over all roles that must count")
    parser.add_argument("--rounds", type=int, default=0, help="of joining, killing and leaving among `stream`")
    parser.add_argument("--stream-workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=12.0, help="reports a second")
    parser.add_argument("--session", type=float, default=6.0, help="seconds after which a dead worker is missed")
    parser.add_argument("--outages", type=int, help="deaths and freezes of the broker; default: one for 40 kills")
    parser.add_argument("--roles", nargs="+", choices=ROLES, default=ROLES, help="whose workers are killed")
    parser.add_argument(
        "--steps",
        nargs="*",
        choices=killpoints.POINTS,
        default=killpoints.POINTS,
        metavar="STEP",
        help="of the code, at which they are killed too; default: all",
    )
    given = parser.parse_args()
    outages = max(1, (given.kills + given.rounds) // 40) if given.outages is None else given.outages
    plan = Plan(
        kills=given.kills,
        rounds=given.rounds,
        stream_workers=given.stream_workers,
        seed=given.seed,
        rate=given.rate,
        session_seconds=given.session,
        outages=outages,
        roles=tuple(given.roles),
        steps=given.steps,
    )
    folder = Path(tempfile.mkdtemp(prefix=f"newsmonitor-chaos-{given.seed}-"))
    result = asyncio.run(_until_told_to_end(plan, folder))
    print(table(result))
    _leave(result, folder)


async def _until_told_to_end(plan: Plan, folder: Path) -> Result:
    """A run that SIGTERM ends in order, so that no process is left behind."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await run(plan, folder)


def _leave(result: Result, folder: Path) -> None:
    if not result.findings:
        shutil.rmtree(folder)
        return
    keep(result, folder)
    print(faults(result), f"The evidence is in {folder}", sep="\n", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
