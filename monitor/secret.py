"""Secrets are named in the configuration, never written there."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr, ValidationInfo, WithJsonSchema

from monitor.configcheck import shown


def _resolve(value: Any, info: ValidationInfo) -> Any:
    """The secret behind {env: NAME} or {file: PATH}; a secret written in the file itself is refused unseen."""
    if isinstance(value, SecretStr):
        return value
    if not (isinstance(value, dict) and len(value) == 1):
        raise ValueError("a secret is named, not written here: {env: NAME} or {file: PATH}")
    ((kind, name),) = value.items()
    if kind not in {"env", "file"} or not isinstance(name, str):
        raise ValueError("expected {env: NAME} or {file: PATH}")
    context = info.context or {}
    if kind == "env":
        return _from_environment(name, context.get("environment", {}))
    return _from_file(name, context.get("folder", Path()))


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("expected the name of an environment variable after env")
    if not environment.get(name):
        raise ValueError(f"the environment variable {name} is not set")
    return environment[name]


def _from_file(name: str, folder: Path) -> str:
    try:
        found = (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"the file {shown(name)} cannot be read: {error.strerror}") from None
    except ValueError:
        raise ValueError(f"the file {shown(name)} is no text") from None
    if not found:
        raise ValueError(f"the file {shown(name)} is empty")
    return found


Secret = Annotated[
    SecretStr,
    BeforeValidator(_resolve),
    WithJsonSchema(
        {
            "type": "object",
            "patternProperties": {"^(env|file)$": {"type": "string"}},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
            "description": "where the secret is, {env: NAME} or {file: PATH}",
        }
    ),
]
