"""`python -m benchmarks NAME [--json] [--articles FILE] [--watches FILE]`."""

import argparse
import json
from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from pathlib import Path

NAMES = {
    "startup": "from the shell to the answer for one article: seconds and resident memory, cold and warm",
    "match": "articles/s and p99 of matching by number of watches, compiling, adding one, memory; perq beside it",
    "places": "articles/s of finding places, names new and names met before; a bare scan for all names beside it",
    "copies": "how fast, in how much memory and how well copies are recognised; datasketch and rensa beside it",
    "recovery": "from being given its partitions to ready with 100,000 articles in the tables of a stream worker",
    "pipeline": "articles/s and latency from publishing to acceptance on a real Kafka, beside plain aiokafka loops",
}


def main() -> None:
    """Run one benchmark, or say which there are."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", epilog="; ".join(f"{n}: {t}" for n, t in NAMES.items())
    )
    parser.add_argument("name", choices=NAMES, nargs="?")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    parser.add_argument("--articles", type=Path, help="article lines to measure on, instead of made-up ones")
    parser.add_argument("--watches", type=Path, help="a file of watches to measure with, instead of made-up ones")
    arguments = parser.parse_args()
    given = {"articles": arguments.articles, "watches": arguments.watches}
    for name in [arguments.name] if arguments.name else NAMES:
        run = import_module(f"benchmarks.{name}").run
        taken = {label: given[label] for label in signature(run).parameters if label in given}
        figures: Mapping[str, object] = run(**taken)
        if arguments.json:
            print(json.dumps({"benchmark": name, **figures}))
        else:
            print(name, *(f"  {label}: {figure}" for label, figure in figures.items()), sep="\n")


if __name__ == "__main__":
    main()
