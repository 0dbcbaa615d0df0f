"""The lists of wordings behind `concept:NAME`: the shipped ones, which a user's own extend.

A wording is one word or a phrase. A word may end in `*`, and then stands for all that begin so; `…` between two words
stands for up to six others. One that begins with NOT, or stands under `not` in a shipped list, says what is not meant.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files

import yaml


def load_concepts(own: Mapping[str, Sequence[str]] | None = None) -> Mapping[str, tuple[str, ...]]:
    """Wordings by the name of their concept, in all languages; a user's list of a shipped name is added to it."""
    loaded = dict(_shipped())
    for name, wordings in (own or {}).items():
        loaded[name] = tuple(dict.fromkeys((*loaded.get(name, ()), *wordings)))
    return loaded


def _shipped() -> Mapping[str, tuple[str, ...]]:
    lists = files("monitor").joinpath("data", "concepts").iterdir()
    return {
        file.name.removesuffix(".yaml"): _wordings(file.read_text("utf-8"))
        for file in sorted(lists, key=lambda file: file.name)
        if file.name.endswith(".yaml")
    }


def _wordings(text: str) -> tuple[str, ...]:
    by_language = yaml.load(text, Loader=_LOADER)  # noqa: S506 a safe loader either way
    exceptions = [f"NOT {wording}" for wording in by_language.pop("not", ())]
    return tuple(dict.fromkeys([*(w for wordings in by_language.values() for w in wordings), *exceptions]))


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # twenty times as fast where libyaml is there
