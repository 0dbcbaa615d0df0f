"""How long `monitor match` takes for one article, interpreter included, and the memory it needs."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

RUNS = 10
WATCHES = "watches:\n  - {id: raqqa, query: 'place:Raqqa AND concept:evacuation'}\n"
ARTICLE = {"id": "1", "source": "S", "title": "Buses leave Raqa", "text": "An evacuation of Raqa began at dawn."}


def run() -> Mapping[str, object]:
    """Seconds and MB, with an empty cache and with a filled one."""
    with tempfile.TemporaryDirectory() as folder:
        watches, articles = Path(folder, "watches.yaml"), Path(folder, "articles.jsonl")
        watches.write_text(WATCHES)
        articles.write_text(json.dumps(ARTICLE))
        command = [sys.executable, "-m", "monitor", "match", "--watches", str(watches), "--articles", str(articles)]
        environment = {**os.environ, "HOME": folder}  # noqa: TID251 an empty cache
        cold = _timed(command, environment)
        warm = [_timed(command, environment) for _ in range(RUNS)]
    return {
        "cold, seconds": round(cold[0], 2),
        "warm, median seconds": round(statistics.median(seconds for seconds, _ in warm), 3),
        "warm, slowest seconds": round(max(seconds for seconds, _ in warm), 3),
        "warm, resident MB": round(max(megabytes for _, megabytes in warm)),
    }


def _timed(command: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Wall-clock seconds and peak resident MB of one run. Raises RuntimeError where it does not match."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if "place:Raqqa" not in output:
        raise RuntimeError(f"the article should match: {output!r}, exit {process.returncode}")
    return seconds, usage.ru_maxrss / 1024
