"""The table of values in the chart's README comes from the `# --` comments of values.yaml.

`python -m tests.deploy.chart_readme` writes it anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).parents[2] / "helm" / "newsmonitor"
README = CHART / "README.md"
HEAD = "| key | default | meaning |\n|---|---|---|\n"


def rows(text: str) -> Iterator[str]:
    """A row of the table for each key that a comment stands above."""
    values, path, comment = yaml.safe_load(text), list[str](), list[str]()
    for line in text.splitlines():
        if found := re.match(r"\s*# (-- )?(.+)", line):
            comment.append(found[2])
        elif found := re.match(r"( *)([A-Za-z]+):", line):
            path = [*path[: len(found[1]) // 2], found[2]]
            if comment:
                yield f"| `{'.'.join(path)}` | `{json.dumps(_at(values, path))}` | {' '.join(comment)} |"
            comment = []


def _at(values: Any, path: list[str]) -> Any:
    for key in path:
        values = values[key]
    return values


def renewed(readme: str) -> str:
    """The same README with the table as values.yaml says it now."""
    before, _, _ = readme.partition(HEAD)
    return before + HEAD + "\n".join(rows((CHART / "values.yaml").read_text(encoding="utf-8"))) + "\n"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
