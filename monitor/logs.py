"""Structured logs on standard error: one event per outcome, never a secret, never a text of unbounded length."""

import logging
import re
import sys
from typing import Any

import structlog

LONGEST_VALUE = 500
LONGEST_TRACEBACK = 4000
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def configure(level: str = "info", *, json: bool = False, libraries: str = "warning") -> None:
    """Set up logging for this process; records of libraries, from their own level on, pass through the same format."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    shared.append(structlog.processors.format_exc_info)  # plain: no values of variables, which may be secrets
    shared.append(_harmless)
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Faust logs for its subclasses under the names of their modules; our own events are all under "monitor".
    for library in ("faust", "mode", "aiokafka", "aiohttp", "kafka", "monitor.stream"):
        logging.getLogger(library).setLevel(libraries.upper())


def logger(stage: str) -> Any:
    """A logger whose events carry the stage they come from; it follows `configure` even if that is called later."""
    return structlog.get_logger("monitor", stage=stage)


def _harmless(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Values of bounded length, without what could steer a terminal; a traceback keeps its lines, the newest."""
    return {name: _value(name, value) for name, value in event.items()}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name == "exception":
        return _CONTROLS.sub("\ufffd", value[-LONGEST_TRACEBACK:])
    line = " ".join((value[:LONGEST_VALUE] + "…" if len(value) > LONGEST_VALUE else value).splitlines())
    return _CONTROLS.sub("\ufffd", line)
