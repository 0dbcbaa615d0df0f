"""`python -m benchmarks NAME [--json]`."""

import argparse
import json
from collections.abc import Mapping
from importlib import import_module

NAMES = {"startup": "from the shell to the answer for one article: seconds and resident memory, cold and warm"}


def main() -> None:
    """Run one benchmark, or say which there are."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", epilog="; ".join(f"{n}: {t}" for n, t in NAMES.items())
    )
    parser.add_argument("name", choices=NAMES, nargs="?")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    arguments = parser.parse_args()
    for name in [arguments.name] if arguments.name else NAMES:
        figures: Mapping[str, object] = import_module(f"benchmarks.{name}").run()
        if arguments.json:
            print(json.dumps({"benchmark": name, **figures}))
        else:
            print(name, *(f"  {label}: {figure}" for label, figure in figures.items()), sep="\n")


if __name__ == "__main__":
    main()
